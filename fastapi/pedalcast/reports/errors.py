"""Errors of fault reports."""

from __future__ import annotations

from pedalcast.kit.errors import ConflictError, NotFoundError


class ReportNotFoundError(NotFoundError):
    """No such report, or another's: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such report.", "report_not_found")


class ReportedStationError(NotFoundError):
    """No station of this id."""

    def __init__(self, station_id: str) -> None:
        super().__init__(f"There is no station {station_id}.", "station_not_found")


class TooManyReportsError(ConflictError):
    """Somebody has as many open reports as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} of your reports are open already.", "too_many_reports")


class ReportClosedError(ConflictError):
    """A closed report stays as it is."""

    def __init__(self) -> None:
        super().__init__("The report is closed.", "report_closed")
