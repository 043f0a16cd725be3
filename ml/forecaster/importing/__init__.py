"""Bringing a recorded data set, as Parquet files of anybody's making, into the history's layout."""

from forecaster.importing.errors import ImportRefused
from forecaster.importing.place import Place
from forecaster.importing.run import ImportReport, import_recorded

__all__ = ["ImportRefused", "ImportReport", "Place", "import_recorded"]
