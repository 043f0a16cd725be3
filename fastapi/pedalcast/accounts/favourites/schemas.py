"""What the endpoints of favourites and alert rules take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

StationKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
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


class AlertRuleIn(BaseModel):
    """Tell me when bikes (or docks) at a station fall to `threshold` within `minutes`."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"station_id": "ST-4", "kind": "bikes", "threshold": 1, "minutes": 30}}
    )

    station_id: StationKey
    kind: Literal["bikes", "docks"]
    threshold: int = Field(ge=0, le=1000)
    minutes: int = Field(ge=0, le=180)
    active: bool = True


class AlertRuleOut(AlertRuleIn):
    """A rule with its number."""

    id: int


class AlertRulesOut(BaseModel):
    """Rules."""

    success: Literal[True] = True
    data: list[AlertRuleOut]
