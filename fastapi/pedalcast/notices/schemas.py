"""What the endpoints of notices take and give."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator

from pedalcast.notices.models import Notice

Severity = Literal["info", "warning"]
NoticeText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
ClosedStation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


class NoticeTexts(BaseModel):
    """The sentence in both languages."""

    ko: NoticeText
    en: NoticeText


class NoticeIn(BaseModel):
    """A new notice. With `station_id` it closes that station, and `text` may be left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "text": {"ko": "오늘 밤 10시부터 점검합니다.", "en": "Maintenance from 10 pm today."},
                "severity": "info",
                "starts_at": "2026-11-20T13:00:00Z",
                "ends_at": "2026-11-20T16:00:00Z",
            }
        }
    )

    text: NoticeTexts | None = None
    severity: Severity = "info"
    station_id: ClosedStation | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.station_id is None:
            raise ValueError("a notice has a text, or closes a station")
        return self


class NoticeChangeIn(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"ends_at": "2026-11-20T15:00:00Z"}})

    text: NoticeTexts | None = None
    severity: Severity | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class NoticeView(BaseModel):
    """A notice. `station_id` is the station it closes."""

    id: int
    severity: Severity
    text: NoticeTexts
    station_id: str | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None

    @classmethod
    def of(cls, row: Notice) -> Self:
        """From the row."""
        return cls.model_validate(
            {
                "id": row.id,
                "severity": row.severity,
                "text": {"ko": row.text_ko, "en": row.text_en},
                "station_id": row.station_id,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
            }
        )


class NoticeOut(BaseModel):
    """One notice."""

    success: Literal[True] = True
    data: NoticeView


class NoticesOut(BaseModel):
    """Notices in force, and the stations they close."""

    success: Literal[True] = True
    data: list[NoticeView]
    closed_stations: list[str]


class NoticePageOut(BaseModel):
    """A page of notices, past and to come; `next` is the cursor of the following one."""

    success: Literal[True] = True
    data: list[NoticeView]
    next: str | None
