"""What `/ai/models` says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

VERSION = "20261120T101500Z-xgboost"


class AliasView(BaseModel):
    """Which version a name points at."""

    version: str = Field(examples=[VERSION])
    since: datetime
    reason: str = Field(examples=["better than 20261119T101500Z-xgboost on 5 days: CRPS 1.8 % lower (at least 0.9 %)"])
    previous: list[str] = Field([], description="champions before this one, newest first")


class TrainingWindow(BaseModel):
    """The history that a model was trained on."""

    system: str = Field(examples=["simulated-seoul"])
    start: datetime
    end: datetime
    stations: int = Field(examples=[200])
    rows: int = Field(examples=[600000])


class ModelVersion(BaseModel):
    """A model version as the registry has it."""

    id: str = Field(examples=[VERSION])
    created_at: datetime
    engine: str = Field(examples=["xgboost"])
    horizons: list[int] = Field(description="minutes ahead", examples=[[10, 20, 30, 60]])
    data: TrainingWindow | None = None
    reason: str = Field(description="why it was promoted, or was not")
    git_commit: str | None = None
    libraries: dict[str, str] = Field(examples=[{"python": "3.11.11", "xgboost-cpu": "3.0.5"}])
    aliases: list[str] = Field(examples=[["champion"]])
    metrics: dict[str, Any] = Field(description="scores of its backtest", examples=[{"10": {"crps": 0.31}}])


class ServingModel(BaseModel):
    """What this replica forecasts with."""

    version: str = Field(description="`persistence` where there is no usable model", examples=[VERSION])


class ModelList(BaseModel):
    """The versions and the names that point at them."""

    serving: ServingModel
    champion: AliasView | None
    challenger: AliasView | None
    versions: list[ModelVersion]


class ReloadResult(BaseModel):
    """The model that serves from the next forecast on."""

    success: bool = True
    version: str = Field(examples=[VERSION])
    before: str = Field(description="what served until now", examples=["persistence"])
    at: datetime
    reason: str = Field(description="why it is the champion", examples=["the first model"])


class ChangeReason(BaseModel):
    """The reason of a change, kept with the alias."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "judged by hand"}})

    reason: str | None = Field(None, max_length=300)


class ModelScores(BaseModel):
    """How a version does: live, by horizon in minutes, and in its backtest."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version": VERSION,
                "from": "2026-11-19T12:00:00Z",
                "to": "2026-11-20T12:00:00Z",
                "live": {"10": {"count": 57600, "crps": 0.31, "crps_persistence": 0.37, "auc_empty": 0.99}},
                "backtest": {"horizons": {"10": {"challenger": {"crps": 0.31, "auc_empty": 0.99}}}},
            }
        }
    )

    version: str
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    live: dict[int, dict[str, float | int | None]] = Field(
        description="over forecasts whose time has come, by the backtest's names; `…_persistence` is the last value's"
    )
    backtest: dict[str, Any]
