"""What can be asked of a retraining."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from forecaster.model.engines import Engine

HorizonMinutes = Annotated[int, Field(ge=5, le=240)]


class RetrainRequest(BaseModel):
    """Which history, engine and horizons to train with. Everything may be left out.

    The window is the last `days` of history, or `start` up to `end`; all of it (at most the RETRAIN_DAYS setting)
    without either. `dry_run` trains and compares, and changes nothing.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {"days": 21, "engine": "xgboost", "horizons": [10, 20, 30, 60], "dry_run": False}
        },
    )

    days: float | None = Field(default=None, gt=0, le=1100, description="train on the last days of history")
    start: AwareDatetime | None = Field(default=None, description="train on history from here on (RFC 3339)")
    end: AwareDatetime | None = Field(default=None, description="train on history before this (RFC 3339)")
    engine: Engine | None = Field(default=None, description="default: the RETRAIN_ENGINE setting")
    horizons: tuple[HorizonMinutes, ...] | None = Field(
        default=None, min_length=1, max_length=8, description="minutes ahead"
    )
    dry_run: bool = Field(default=False, description="compare with the champion and change nothing")

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if self.days is not None and self.start is not None:
            raise ValueError("give days or start, not both")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("start must be before end")
        if self.horizons is not None and list(self.horizons) != sorted(set(self.horizons)):
            raise ValueError("horizons must be ascending, each once")
        return self

    def window(
        self, span: tuple[datetime, datetime], longest: timedelta
    ) -> tuple[datetime, datetime]:  # fmt: skip
        """The stretch [start, end) of a history that reaches over `span`."""
        end = min(self.end or span[1] + timedelta(seconds=1), span[1] + timedelta(seconds=1))
        length = longest if self.days is None else timedelta(days=self.days)
        return max(self.start or end - length, span[0]), end
