"""What the endpoints of favourites and alert rules take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

StationKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class FavouriteIn(BaseModel):
    """A station to mark, or to name anew."""

    model_config = ConfigDict(json_schema_extra={"example": {"station_id": "ST-4", "label": "home"}})

    station_id: StationKey
    label: Label | None = None


class FavouritesOut(BaseModel):
    """Marked stations."""

    success: Literal[True] = True
    data: list[FavouriteIn]


class AlertArea(BaseModel):
    """A neighbourhood: all stations within `radius` metres of a point."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    radius: float = Field(gt=0, le=3000)


class AlertRuleIn(BaseModel):
    """Tell me when bikes (or docks) fall to `threshold` within `minutes`: at a station, at several, or in an area.

    `weekdays` are 1 (Monday) to 7; `from_time` to `until_time` is the city's time, and may go past midnight.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station_ids": ["ST-4", "ST-7"],
                "kind": "bikes",
                "threshold": 1,
                "minutes": 30,
                "weekdays": [1, 2, 3, 4, 5],
                "from_time": "07:30",
                "until_time": "09:00",
            }
        }
    )

    station_id: StationKey | None = None
    station_ids: list[StationKey] | None = Field(None, min_length=1, max_length=20)
    area: AlertArea | None = None
    kind: Literal["bikes", "docks"]
    threshold: int = Field(ge=0, le=1000)
    minutes: int = Field(ge=0, le=180)
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] | None = Field(None, max_length=7)
    from_time: ClockTime | None = None
    until_time: ClockTime | None = None
    active: bool = True

    @model_validator(mode="after")
    def _says_where_and_when(self) -> Self:
        if sum(part is not None for part in (self.station_id, self.station_ids, self.area)) != 1:
            raise ValueError("one of station_id, station_ids and area says where")
        if (self.from_time is None) != (self.until_time is None):
            raise ValueError("from_time and until_time are given together")
        return self


class AlertRuleChangeIn(BaseModel):
    """Whether a rule is active."""

    model_config = ConfigDict(json_schema_extra={"example": {"active": False}})

    active: bool


class AlertRuleOut(AlertRuleIn):
    """A rule with its number; `alerted_at` is set while a warning stands."""

    id: int
    alerted_at: datetime | None


class AlertRulesOut(BaseModel):
    """Rules."""

    success: Literal[True] = True
    data: list[AlertRuleOut]
