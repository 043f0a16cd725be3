"""The stations' bodies, for the schema: the service itself sends bytes that are already made."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

_STATION: dict[str, JsonValue] = {
    "station_id": "ST-4",
    "name": "102. 망원역 1번출구 앞",
    "bikes": 4,
    "docks": 11,
    "renting": True,
    "returning": True,
    "installed": True,
    "observed_at": "2026-11-20T10:05:03Z",
    "snapshot_id": "20261120T100500Z",
    "names": {"ko": "102. 망원역 1번출구 앞", "en": "102. Mangwon Stn. Exit 1"},
    "lat": 37.5556,
    "lon": 126.9106,
    "capacity": 15,
    "age": 42,
    "stale": False,
}


class Selection(BaseModel):
    """Which stations are asked for; all of them when nothing is said."""

    bbox: str | None = Field(None, description="minLon,minLat,maxLon,maxLat", examples=["126.9,37.5,127,37.6"])
    near: str | None = Field(None, description="lat,lon: nearest first", examples=["37.5556,126.9106"])
    radius: float | None = Field(None, gt=0, description="metres, with `near`")
    limit: int = Field(20, ge=1, le=1000, description="at most so many, with `near`")


class StationNow(BaseModel):
    """A station as the last poll that named it saw it. What the feed does not say is absent."""

    model_config = ConfigDict(json_schema_extra={"example": _STATION})

    station_id: str
    name: str
    names: dict[str, str] | None = Field(None, description="names by language (BCP 47)")
    lat: float | None = Field(None, description="degrees WGS 84")
    lon: float | None = Field(None, description="degrees WGS 84")
    capacity: int | None = Field(None, description="docks in all")
    bikes: int = Field(description="bikes to rent")
    docks: int | None = Field(description="free docks, null where unknown")
    ebikes: int | None = Field(None, description="electric bikes among them")
    bikes_disabled: int | None = None
    docks_disabled: int | None = None
    unlimited: bool | None = Field(None, description="any number of bikes can be returned")
    renting: bool
    returning: bool
    installed: bool
    observed_at: datetime = Field(description="when the counts were true")
    reported_at: datetime | None = Field(None, description="when the station itself last reported")
    snapshot_id: str
    age: int = Field(description="seconds since `observed_at`; negative where a clock was ahead")
    stale: bool = Field(description="too old (`STALE_AFTER`), or too far in the future, to be trusted")
    distance: int | None = Field(None, description="metres, with `near`")


class SystemInfo(BaseModel):
    """The bike-share system."""

    id: str
    name: str
    timezone: str = Field(description="IANA name", examples=["Asia/Seoul"])
    language: str = Field(description="BCP 47", examples=["ko"])


class StationList(BaseModel):
    """Stations of one snapshot."""

    system: SystemInfo
    snapshot_id: str = Field(examples=["20261120T100500Z"])
    observed_at: datetime
    as_of: datetime = Field(description="when the ages were reckoned")
    age: int = Field(description="seconds from `observed_at` to `as_of`")
    stale: bool
    partial: bool = Field(description="some stations were missing from the poll and keep older counts")
    count: int
    stations: list[StationNow]


class PastPoint(BaseModel):
    """A station at one poll."""

    at: datetime
    bikes: int
    docks: int | None = Field(description="free docks, null where unknown")
    unlimited: bool | None = Field(None, description="any number of bikes could be returned; absent where not")
    ebikes: int | None
    renting: bool


class StationPast(BaseModel):
    """A station's recent past, oldest first."""

    station_id: str
    from_: datetime = Field(alias="from")
    to: datetime
    points: list[PastPoint]
