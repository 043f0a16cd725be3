"""What the endpoints of fault reports take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from pedalcast.reports.models import FaultReport

ReportKind = Literal["bike", "dock", "station", "count", "other"]
ReportState = Literal["open", "in_progress", "closed"]
ReportText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
ReportedStation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


class FaultReportIn(BaseModel):
    """What is wrong: a `bike`, a `dock`, the `station` itself, its `count`, or something `other`."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"station_id": "ST-4", "kind": "dock", "text": "The third dock does not lock."}}
    )

    station_id: ReportedStation
    kind: ReportKind
    text: ReportText | None = None


class FaultReportView(BaseModel):
    """A report. `answer` is what the operator says to the rider."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    station_id: str
    kind: str
    text: str | None
    state: ReportState
    answer: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, row: FaultReport) -> Self:
        """From the row."""
        return cls.model_validate(row)


class FaultReportOut(BaseModel):
    """One report."""

    success: Literal[True] = True
    data: FaultReportView


class FaultReportsOut(BaseModel):
    """A page of reports; `next` is the cursor of the following one."""

    success: Literal[True] = True
    data: list[FaultReportView]
    next: str | None


class FaultReportChangeIn(BaseModel):
    """The state to bring a report to, with an answer to the rider."""

    model_config = ConfigDict(json_schema_extra={"example": {"state": "closed", "answer": "The dock is repaired."}})

    state: ReportState
    answer: ReportText | None = None
