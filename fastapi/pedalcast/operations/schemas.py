"""What `/api/v1/operations` says."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.models.jobs.schemas import JobView


class FeedHealth(BaseModel):
    """The feed and the polls of it, since the counters began."""

    snapshot_id: str | None
    observed_at: datetime | None
    age: float | None = Field(description="seconds since the newest poll's counts were true")
    stale: bool
    partial: bool
    stations: int
    status: str | None = Field(description="how the last poll went: ok, partial, frozen or failed")
    failures_in_a_row: int
    totals: dict[str, int] = Field(description="polls published, duplicates, failures, stations seen …")
    rejected: dict[str, int] = Field(description="records set aside, by reason")
    failed: dict[str, int] = Field(description="polls that failed, by reason")


class CyclePart(BaseModel):
    """Seconds that a part of the forecast cycle took, over the runs made by this replica."""

    count: int
    mean: float
    p95: float | None = Field(description="upper end of the histogram's bucket; null beyond the last")


class ForecastHealth(BaseModel):
    """The run that is served, and the runs made by this replica since it started."""

    run: str | None
    model: str | None
    made_at: datetime | None
    age: float | None = Field(description="seconds since it was made")
    stations: int
    leader: bool = Field(description="whether this replica forecasts")
    runs_by_trigger: dict[str, int]
    failures: dict[str, int] = Field(description="runs that fell back to persistence, by reason")
    cycle: dict[str, CyclePart] = Field(description="read, features, predict, write, total")


class AccuracyHealth(BaseModel):
    """How forecasts of the last hours turned out; scores as in `/ai/models/{version}/scores`."""

    hours: float
    by_horizon: dict[int, dict[str, float | int | None]] = Field(
        description="with `lift` (share of the last value's error saved) and `coverage80` (0.8 where calibrated)"
    )
    by_hour: dict[int, dict[int, dict[str, float | int | None]]] = Field(
        description="horizon → hour of day in the city → scores"
    )


class ModelHealth(BaseModel):
    """The serving model's inputs, as last judged."""

    serving: str
    drift: dict[str, float] = Field(description="population stability index by input; above 0.25 is much")
    drifted_inputs: int
    loss_ratio: float | None = Field(description="error above the last value's (99 % sure), as a share of it")


class WorkerHealth(BaseModel):
    """A background thread."""

    round_age: float = Field(description="seconds since a round was completed")
    late: bool
    restarts: int
    failures: dict[str, int] = Field(description="rounds that failed, by error")


class Operations(BaseModel):
    """How the service is doing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "at": "2026-11-20T10:07:00Z",
                "feed": {
                    "snapshot_id": "20261120T100500Z",
                    "observed_at": "2026-11-20T10:05:00Z",
                    "age": 120.0,
                    "stale": False,
                    "partial": False,
                    "stations": 2700,
                    "status": "ok",
                    "failures_in_a_row": 0,
                    "totals": {"published": 288, "duplicates": 3},
                    "rejected": {"no_id": 12},
                    "failed": {"timeout": 1},
                },
                "forecasts": {
                    "run": "20261120T100504Z-19a92e3c-118",
                    "model": "20261120T031500Z-xgboost",
                    "made_at": "2026-11-20T10:05:04Z",
                    "age": 116.0,
                    "stations": 2700,
                    "leader": True,
                    "runs_by_trigger": {"poll": 117, "lease": 1},
                    "failures": {},
                    "cycle": {"total": {"count": 118, "mean": 0.09, "p95": 0.25}},
                },
                "accuracy": {
                    "hours": 24.0,
                    "by_horizon": {"30": {"count": 777600, "lift": 0.03, "coverage80": 0.81}},
                    "by_hour": {"30": {"18": {"count": 32400, "lift": 0.05, "coverage80": 0.79}}},
                },
                "model": {
                    "serving": "20261120T031500Z-xgboost",
                    "drift": {"bikes": 0.02},
                    "drifted_inputs": 0,
                    "loss_ratio": 0.0,
                },
                "workers": {"forecast-loop": {"round_age": 0.2, "late": False, "restarts": 0, "failures": {}}},
                "jobs": [],
                "not_ready": {},
            }
        }
    )

    at: datetime
    feed: FeedHealth
    forecasts: ForecastHealth
    accuracy: AccuracyHealth
    model: ModelHealth
    workers: dict[str, WorkerHealth]
    jobs: list[JobView] = Field(description="newest first")
    not_ready: dict[str, str] = Field(description="checks of `/ready` that do not pass, with what is wrong")
