"""What grows the trees: a file an engine, loaded where it is asked for.

LightGBM's library needs the system's OpenMP runtime (libgomp), which bare machines lack; XGBoost's brings its own. So
LightGBM is loaded only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:
    from forecaster.model.boosting import Batch, Boosting, ProgressCallback, Trees

Engine = Literal["xgboost", "lightgbm"]
_FILES = {"xgboost": "forecaster.model.xgboost_engine", "lightgbm": "forecaster.model.lightgbm_engine"}


class EngineMissingError(ValueError):
    """An engine's library cannot be loaded on this machine; one line with the reason and the remedy."""


class EngineFile(Protocol):
    """What an engine's file offers."""

    def grow(self, batches: Sequence[Batch], boosting: Boosting, on_progress: ProgressCallback) -> Trees:
        """Grow trees."""

    def load(self, files: Mapping[str, bytes]) -> Trees:
        """Trees from what their `files` gave."""


def engine_of(name: str) -> EngineFile:
    """The engine of that name, loaded. `KeyError` when there is none, `EngineMissingError` when it cannot be loaded."""
    try:
        return cast("EngineFile", import_module(_FILES[name]))
    except OSError as error:  # the dynamic linker's
        message = f"{name} cannot be loaded: {error} (Debian and Ubuntu: install libgomp1; or use xgboost)"
        raise EngineMissingError(message) from error


def missing(name: Engine) -> str | None:
    """Why an engine cannot be used here, None when it can."""
    try:
        engine_of(name)
    except EngineMissingError as error:
        return str(error)
    return None
