"""The body of a playback, for the schema: the service itself sends bytes that are already made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_HOUR: dict[str, Any] = {
    "from": "2026-11-20T10:00:00Z",
    "times": [1795773600, 1795773900],
    "bikes": [[4, 3], [0, 1]],
    "docks": [[11, 12], [10, 9]],
    "p_bike": [[97, 96], [12, 31]],
    "p_dock": [[99, 99], [-1, 99]],
}


class PlaybackSelection(BaseModel):
    """How far back, and whether with what had been forecast."""

    hours: int = Field(24, ge=1, le=24)
    forecast: Annotated[Literal[10, 20, 30, 60], BeforeValidator(int)] | None = Field(
        None, description="adds the chances that had been forecast so many minutes before"
    )


class PlaybackHour(BaseModel):
    """An hour. Rows of its tables are the stations in the order of `ids`, columns the polls in the order of `times`."""

    from_: datetime = Field(alias="from", description="when the hour begins")
    times: list[int] = Field(description="when each poll was observed, epoch seconds")
    bikes: list[list[int]] = Field(description="-1 where unknown")
    docks: list[list[int]] = Field(description="-1 where unknown, 9999 without limit")
    p_bike: list[list[int]] | None = Field(None, description="percent; -1 where nothing had been forecast")
    p_dock: list[list[int]] | None = Field(None, description="percent; -1 where nothing had been forecast")


class Playback(BaseModel):
    """All stations over the last hours."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "snapshot_id": "20261120T100500Z",
                "timezone": "Asia/Seoul",
                "forecast": 30,
                "ids": ["ST-4", "ST-5"],
                "hours": [_HOUR],
            }
        }
    )

    snapshot_id: str = Field(description="the newest poll")
    timezone: str = Field(description="of the city, IANA name")
    forecast: int | None = Field(description="how many minutes before the chances had been forecast")
    ids: list[str]
    hours: list[PlaybackHour] = Field(description="oldest first; hours without a poll are left out")
