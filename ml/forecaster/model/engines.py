"""What grows the trees: a file an engine, loaded where it is asked for.

LightGBM's library needs the system's OpenMP runtime (libgomp), which bare machines lack; XGBoost's brings its own. So
LightGBM is loaded only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:
    from forecaster.arrays import Floats
    from forecaster.model.boosting import Batch, Boosting, ProgressCallback, Trees

Engine = Literal["xgboost", "lightgbm"]
EngineChoice = Literal["xgboost", "lightgbm", "auto"]  # auto: both, and the better one where it is fast enough
_FILES = {"xgboost": "forecaster.model.xgboost_engine", "lightgbm": "forecaster.model.lightgbm_engine"}


BASE = "base"  # the base trees' files are named `base.<engine>.<file>`


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


@dataclass(frozen=True, slots=True)
class StackedTrees:
    """Trees grown on the margins of `base`, which was grown by `base_engine`."""

    base_engine: str
    base: Trees
    top: Trees

    def margins(self, x: Floats) -> Floats:
        """See `Trees.margins`."""
        return self.base.margins(x) + self.top.margins(x)

    def files(self) -> dict[str, bytes]:
        """See `Trees.files`."""
        base = {f"{BASE}.{self.base_engine}.{name}": content for name, content in self.base.files().items()}
        return self.top.files() | base


def load_trees(engine: str, files: Mapping[str, bytes]) -> Trees:
    """Trees of an engine, with the base they were grown on where the files hold one. Raises as `engine_of` does."""
    top = engine_of(engine).load(files)
    stored = {tuple(name.split(".", 2)[1:]): data for name, data in files.items() if name.startswith(f"{BASE}.")}
    if not stored:
        return top
    base_engine = next(iter(stored))[0]
    base = engine_of(base_engine).load({name: content for (_, name), content in stored.items()})
    return StackedTrees(base_engine, base, top)


def default_engine(choice: EngineChoice) -> Engine:
    """The engine where only one is wanted."""
    return "xgboost" if choice == "auto" else choice


def missing(name: Engine) -> str | None:
    """Why an engine cannot be used here, None when it can."""
    try:
        engine_of(name)
    except EngineMissingError as error:
        return str(error)
    return None
