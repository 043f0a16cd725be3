"""What the rebalancing list says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class RebalancingSelection(BaseModel):
    """How far ahead, and how many."""

    minutes: Annotated[Literal[30, 60], BeforeValidator(int)] = Field(30, description="how far ahead")
    limit: int = Field(50, ge=1, le=500, description="at most so many stations")


class RebalancingSource(BaseModel):
    """A station that has what another lacks."""

    station_id: str
    name: str
    bikes: int = Field(description="bikes it can give; of a full station's: docks it has for more")
    distance: int = Field(description="metres in a straight line")


class RebalancingMove(BaseModel):
    """A station that will probably fail riders."""

    station_id: str
    name: str
    lat: float | None
    lon: float | None
    kind: Literal["empty", "full"]
    now: int | None = Field(description="bikes there now")
    probability: float = Field(description="of being empty, or full")
    riders: float = Field(description="riders an hour expected to find nothing; the order of the list")
    bikes: int = Field(description="to bring; negative: to take away")
    sources: list[RebalancingSource] = Field(description="nearest first: who has them, or room for them")


class SuspectedFault(BaseModel):
    """A station with bikes that nobody takes."""

    station_id: str
    name: str
    bikes: int
    since: datetime = Field(description="when the last bike left")
    expected: float = Field(description="bikes that usually leave in such a time")
    probability: float = Field(description="of such a silence by chance")


class Rebalancing(BaseModel):
    """What to bring where, and what to look at."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "minutes": 30,
                "at": "2026-11-20T10:35:00Z",
                "made_at": "2026-11-20T10:05:04Z",
                "model": "20261120T031500Z-xgboost",
                "moves": [
                    {
                        "station_id": "ST-4",
                        "name": "102. 망원역 1번출구 앞",
                        "lat": 37.5556,
                        "lon": 126.9106,
                        "kind": "empty",
                        "now": 1,
                        "probability": 0.71,
                        "riders": 6.4,
                        "bikes": 3,
                        "sources": [
                            {"station_id": "ST-9", "name": "107. 합정역", "bikes": 8, "distance": 640},
                        ],
                    }
                ],
                "suspected_faults": [
                    {
                        "station_id": "ST-30",
                        "name": "130. 상암동",
                        "bikes": 6,
                        "since": "2026-11-19T22:40:00Z",
                        "expected": 9.3,
                        "probability": 0.00009,
                    }
                ],
            }
        }
    )

    minutes: int
    at: datetime
    made_at: datetime
    model: str
    moves: list[RebalancingMove]
    suspected_faults: list[SuspectedFault]
