"""A station's forecast as JSON: the one definition for the API's schema and for reading it from Redis.

The bytes are written by `encoding`; a test holds them to these classes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.types import JsonValue

from pedalcast.kit.errors import PedalcastError

ChanceField = Literal["p_bike_at_least", "p_dock_at_least"]
CHANCE_FIELDS: tuple[ChanceField, ...] = ("p_bike_at_least", "p_dock_at_least")
_STATION: dict[str, JsonValue] = {
    "station_id": "ST-4",
    "made_at": "2026-11-20T10:05:04Z",
    "observed_at": "2026-11-20T10:05:00Z",
    "model": "20261120T031500Z-lightgbm",
    "horizons": [
        {
            "minutes": 10,
            "at": "2026-11-20T10:15:00Z",
            "bikes": 4.2,
            "low": 3,
            "high": 6,
            "p_bike": 0.981,
            "p_dock": 0.955,
            "p_bike_at_least": {"1": 0.981, "2": 0.93, "3": 0.846, "5": 0.41},
            "p_dock_at_least": {"1": 0.955, "2": 0.9, "3": 0.822, "5": 0.377},
        },
    ],
}


class Horizon(BaseModel):
    """What is expected of a station at one time. Null where its counts have never been seen."""

    minutes: int = Field(description="minutes after the observation")
    at: datetime
    bikes: float | None = Field(description="bikes expected, the mean of the distribution")
    low: int | None = Field(description="lower end of the 80 % interval")
    high: int | None = Field(description="upper end of the 80 % interval")
    p_bike: float | None = Field(ge=0, le=1, description="probability of at least one bike to rent")
    p_dock: float | None = Field(ge=0, le=1, description="probability of at least one free dock")
    p_bike_at_least: dict[str, float | None] | None = Field(
        None, description="probability of at least 1, 2, 3 and 5 bikes; among all stations' only where asked for"
    )
    p_dock_at_least: dict[str, float | None] | None = Field(
        None, description="probability of at least 1, 2, 3 and 5 free docks; likewise"
    )


class StationForecast(BaseModel):
    """A station's forecast."""

    model_config = ConfigDict(json_schema_extra={"example": _STATION})

    station_id: str
    made_at: datetime
    observed_at: datetime = Field(description="when this station was last seen")
    model: str = Field(description="version of the model; `persistence` when the last value stands in for one")
    horizons: list[Horizon]


class Forecasts(BaseModel):
    """All stations' forecasts of one run."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "run": "20261120T100504Z-19a92e3c-118",
                "made_at": _STATION["made_at"],
                "observed_at": _STATION["observed_at"],
                "model": _STATION["model"],
                "stations": [_STATION],
            }
        }
    )

    run: str = Field(description="id of the run, also its ETag")
    made_at: datetime
    observed_at: datetime = Field(description="when the newest poll's counts were true")
    model: str
    stations: list[StationForecast]


class PastHorizon(BaseModel):
    """What had been forecast for a moment, `minutes` before it."""

    minutes: int
    made_at: datetime
    bikes: float | None
    low: int | None
    high: int | None
    p_bike: float | None
    p_dock: float | None
    model: str


class PastMoment(BaseModel):
    """A moment with what was there, null where nobody saw it, and what had been forecast for it."""

    at: datetime = Field(description="in steps of five minutes")
    bikes: int | None
    docks: int | None
    forecasts: list[PastHorizon]


class ForecastPast(BaseModel):
    """What had been forecast for a station's last hours, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station_id": "ST-4",
                "from": "2026-11-19T10:07:00Z",
                "to": "2026-11-20T10:07:00Z",
                "points": [
                    {
                        "at": "2026-11-20T10:05:00Z",
                        "bikes": 4,
                        "docks": 11,
                        "forecasts": [
                            {
                                "minutes": 30,
                                "made_at": "2026-11-20T09:35:04Z",
                                "bikes": 5.1,
                                "low": 3,
                                "high": 7,
                                "p_bike": 0.993,
                                "p_dock": 0.97,
                                "model": "20261120T031500Z-xgboost",
                            }
                        ],
                    }
                ],
            }
        }
    )

    station_id: str
    from_: datetime = Field(alias="from")
    to: datetime
    points: list[PastMoment]


def parse_fields(text: str) -> tuple[ChanceField, ...]:
    """The fields named in `fields=`, each once and in one order. Raises `PedalcastError` for one there is not."""
    names = {name for part in text.split(",") if (name := part.strip())}
    if unknown := sorted(names - set(CHANCE_FIELDS)):
        raise PedalcastError(422, "unknown_field", f"fields: there is no {', '.join(unknown)}.")
    return tuple(name for name in CHANCE_FIELDS if name in names)
