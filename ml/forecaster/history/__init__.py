"""History: every poll ever archived, as Parquet in the object store, and the arrays that training reads from it."""

from forecaster.history.history import History
from forecaster.history.system_record import SystemRecord

__all__ = ["History", "SystemRecord"]
