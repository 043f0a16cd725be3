"""What a plan is asked with, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_HERE: dict[str, Any] = {
    "station_id": "ST-4",
    "name": "102. 망원역 1번출구 앞",
    "names": {"ko": "102. 망원역 1번출구 앞", "en": "102. Mangwon Stn. Exit 1"},
    "lat": 37.5556,
    "lon": 126.9106,
    "now": 1,
    "at": "2026-11-20T10:20:00Z",
    "probability": 0.34,
    "distance": 240,
    "walk_minutes": 3.9,
}
_NEARBY: dict[str, Any] = {
    **_HERE,
    "station_id": "ST-5",
    "name": "103. 망원역 2번출구 앞",
    "names": {"ko": "103. 망원역 2번출구 앞", "en": "103. Mangwon Stn. Exit 2"},
    "lat": 37.5549,
    "now": 9,
    "at": "2026-11-20T10:22:00Z",
    "probability": 0.97,
    "distance": 130,
    "walk_minutes": 2.1,
}


class PlanQuestion(BaseModel):
    """Where to, when, and what for."""

    to: str = Field(description="a station's id, or lat,lon: the nearest station to it", examples=["ST-4"])
    from_: str | None = Field(
        None, alias="from", description="lat,lon where one starts: gives the distance and, without `minutes`, the time"
    )
    minutes: float | None = Field(None, ge=0, le=60, description="minutes until arrival; without `from` 10")
    want: Literal["bike", "dock"] = Field("bike", description="what is wanted there")
    n: int = Field(1, ge=1, le=40, description="at least so many")


class PlanStation(BaseModel):
    """A station that one might go to."""

    station_id: str
    name: str
    names: dict[str, str] = Field(default_factory=dict, description="names by language (BCP 47)")
    lat: float | None
    lon: float | None
    now: int | None = Field(description="bikes, or docks, that are there now; null where unknown or without limit")
    at: datetime = Field(description="when one would be there")
    probability: float | None = Field(ge=0, le=1, description="of at least `n` then; null where unknown")
    distance: int | None = Field(
        None, description="metres in a straight line: from `from`, of an alternative from the station asked about"
    )
    walk_minutes: float | None = Field(None, description="the same on foot: straight line x 1.3, at 4.8 km/h")


class PlanWait(BaseModel):
    """The same station a little later."""

    minutes: int
    at: datetime
    probability: float


class PlanReason(BaseModel):
    """Why, in a sentence."""

    en: str
    ko: str


class Plan(BaseModel):
    """Whether to go, wait or take another station."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "verdict": "ELSEWHERE",
                "reason": "nearby",
                "want": "bike",
                "n": 1,
                "minutes": 15.0,
                "at": "2026-11-20T10:20:00Z",
                "station": _HERE,
                "wait": None,
                "alternative": _NEARBY,
                "why": {
                    "en": "A bike at 102. Mangwon Stn. Exit 1 at 19:20: unlikely (34%); 103. Mangwon Stn. Exit 2, "
                    "2 minutes on foot, is likelier (97%).",
                    "ko": "19:20에 102. 망원역 1번출구 앞에 자전거가 있을 확률은 34%이고, 걸어서 2분 거리인 "
                    "103. 망원역 2번출구 앞 쪽이 더 가능성이 높습니다(97%).",
                },
                "model": "20261120T031500Z-xgboost",
                "made_at": "2026-11-20T10:05:04Z",
                "observed_at": "2026-11-20T10:05:00Z",
                "stale": False,
            }
        }
    )

    verdict: Literal["GO", "WAIT", "ELSEWHERE"]
    reason: Literal["likely", "best", "later", "nearby", "nowhere", "closed", "unknown"]
    want: Literal["bike", "dock"]
    n: int
    minutes: float
    at: datetime
    station: PlanStation
    wait: PlanWait | None = Field(description="with WAIT: how long, and what for")
    alternative: PlanStation | None = Field(description="with ELSEWHERE: where to; null where nowhere is likelier")
    why: PlanReason
    model: str
    made_at: datetime
    observed_at: datetime = Field(description="when the counts were true that the forecast starts from")
    stale: bool = Field(description="the counts are too old (`STALE_AFTER`) to be trusted")
