"""What the tools answer with: typed, with the data's age, and a sentence in both languages."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

POLL_S = 300  # a feed is polled every five minutes
OLD_AFTER_S = 2 * POLL_S


class Sentence(BaseModel):
    """The same sentence in English and Korean."""

    en: str
    ko: str


class ToolAnswer(BaseModel):
    """What every tool says first: a warning where the data are old, then the answer in a sentence."""

    warning: Sentence | None = Field(description="says that the data are older than two polls; null where they are not")
    summary: Sentence
    data_age_seconds: int | None = Field(description="seconds since the newest poll of these data; null where unknown")


class StationCounts(BaseModel):
    """A station as it is now; null is unknown, never 0."""

    station_id: str
    name: str
    names: dict[str, str] = Field(default_factory=dict, description="names by language")
    lat: float | None = None
    lon: float | None = None
    bikes: int | None = None
    docks: int | None = Field(None, description="free; 9999 where any number of bikes fits")
    unlimited: bool = Field(default=False, description="any number of bikes can be returned")
    capacity: int | None = None
    renting: bool | None = None
    returning: bool | None = None
    distance: int | None = Field(None, description="metres in a straight line, where a position was given")


class Stations(ToolAnswer):
    """Stations, best match or nearest first."""

    stations: list[StationCounts]


class OneStation(ToolAnswer):
    """One station now."""

    station: StationCounts


class ForecastPoint(BaseModel):
    """A station in so many minutes."""

    minutes: int
    at: str = Field(description="RFC 3339, UTC")
    bikes: float | None = Field(description="expected")
    low: int | None = Field(description="lower end of the 80 % interval")
    high: int | None
    p_bike: float | None = Field(description="probability of at least one bike")
    p_dock: float | None = Field(description="probability of at least one free dock")


class StationForecastAnswer(ToolAnswer):
    """A station's forecast."""

    station: StationCounts
    model: str = Field(description="`general` is other cities' model, `persistence` the last value")
    made_at: str
    horizons: list[ForecastPoint]


class TripPlan(ToolAnswer):
    """Whether to go."""

    verdict: Literal["GO", "WAIT", "ELSEWHERE"]
    station_id: str
    probability: float | None = Field(description="of what is wanted there at that time")
    at: str
    wait_minutes: float | None = Field(None, description="for WAIT: how long")
    alternative: StationCounts | None = Field(None, description="for ELSEWHERE: where")
    alternative_probability: float | None = None


class HelpSource(BaseModel):
    """Where an answer comes from."""

    n: int = Field(description="the number of its marker in the answer, [1]")
    title: str
    content: str
    url: str | None = None


class HelpAnswer(ToolAnswer):
    """An answer to a question about the service."""

    answered: bool
    answer: str
    sources: list[HelpSource]


class SystemHealth(ToolAnswer):
    """How the service is."""

    ready: bool
    checks: dict[str, str] = Field(description="by part: `ok`, or what is wrong")
    system: str | None = None
    timezone: str | None = None
    stations: int | None = None


def age_warning(age: int | None) -> Sentence | None:
    """The warning for data of this age (seconds); None for data that are fresh enough."""
    if age is not None and age <= OLD_AFTER_S:
        return None
    if age is None:
        return Sentence(en="The age of these data is unknown.", ko="이 데이터가 언제 것인지 알 수 없습니다.")
    minutes = round(age / 60)
    return Sentence(
        en=f"These data are {minutes} minutes old: the feed has not delivered for more than two polls.",
        ko=f"이 데이터는 {minutes}분 전 것입니다. 두 번 넘게 새 데이터가 들어오지 않았습니다.",
    )
