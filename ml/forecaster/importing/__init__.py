"""Bringing a recorded data set, as Parquet files of anybody's making, into the history's layout."""

from forecaster.importing.errors import ImportRefused
from forecaster.importing.import_run import ImportReport, import_recorded
from forecaster.importing.system_identity import SystemHint

__all__ = ["ImportRefused", "ImportReport", "SystemHint", "import_recorded"]
