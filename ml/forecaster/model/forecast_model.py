"""The trained model: features, prior, trees, and the distribution they make together."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from forecaster.arrays import Floats
from forecaster.distribution import WIDTH, Distribution, bounded
from forecaster.features import FEATURES, StationContext, build, context_of, feature_hash
from forecaster.features.profile import Profile
from forecaster.model import xgboost_engine as _default  # noqa: F401 - loaded before there are requests that would wait for it
from forecaster.model.boosting import Trees
from forecaster.model.classes import CLASSES
from forecaster.model.engines import EngineMissingError, load_trees
from forecaster.model.forecast import Forecast, concat_forecasts, forecast_from_distribution
from forecaster.model.objective import softmax
from forecaster.model.prior import Prior
from forecaster.window import StationSet, Window

BLOCK = 4_096  # rows predicted together: their distributions fit into the cache
META, TABLES = "model.json", "tables.npz"
_BIKES, _DOCKS = FEATURES.index("bikes"), FEATURES.index("docks")

Arrays: TypeAlias = Mapping[str, npt.NDArray[np.generic]]


class ModelError(ValueError):
    """A stored model that cannot be used: made of something else, or for other features."""


@dataclass(slots=True)
class ForecastModel:
    """Forecasts at `horizons` (minutes, ascending) for any stations; unseen ones borrow their neighbours' profile.

    `within` float32[H, CLASSES, WIDTH] is how changes lie inside their classes, `temper` float32[H] what margins are
    scaled by. One model may be used by several
    threads: the context it keeps for a station set is replaced as a whole.
    """

    engine: str
    horizons: tuple[int, ...]
    profile: Profile
    prior: Prior
    within: Floats
    temper: Floats
    trees: Trees
    name: str = "pedalcast"
    _last_context: tuple[StationSet, StationContext] | None = field(default=None, repr=False)

    def context(self, stations: StationSet) -> StationContext:
        """What features need of these stations; worked out at the first call and when they change."""
        cached = self._last_context
        if cached is None or (cached[0] is not stations and not _same(cached[0], stations)):
            cached = stations, context_of(stations, self.profile)
            self._last_context = cached
        return cached[1]

    def with_profile(self, profile: Profile) -> ForecastModel:
        """The same model with another profile."""
        return replace(self, profile=profile, _last_context=None)

    def features(self, window: Window) -> Floats:
        """Features float32[N, features] of the window's last poll."""
        return build(self.context(window.stations), window, np.array([len(window.times) - 1]))

    def distribution(self, x: Floats, most: Floats) -> Distribution:
        """Distributions of feature rows float32[R, features]; the result's rows are the horizons in turn, each with all
        R rows. `most` float32[R] is the most bikes each station ever held (NaN where unknown)."""
        margins = self.margins(x)
        rows, horizons = len(x), len(self.horizons)
        tempered = margins.reshape(rows, horizons, CLASSES) * self.temper[:, None]
        share = softmax(tempered.reshape(-1, CLASSES)).reshape(rows, horizons, CLASSES)
        cdf = np.empty((horizons, rows, WIDTH), np.float32)
        for horizon in range(horizons):
            np.matmul(share[:, horizon], self.within[horizon], out=cdf[horizon])
        now, docks = np.tile(x[:, _BIKES], horizons), np.tile(x[:, _DOCKS], horizons)
        ceiling = np.tile(ceiling_of(x, most), horizons)
        return bounded(cdf.reshape(-1, WIDTH), now, docks, ceiling)

    def margins(self, x: Floats) -> Floats:
        """Margins of the classes for feature rows float32[R, features]: float32[R, H * CLASSES], not tempered."""
        margins = self.trees.margins(x)
        margins += self.prior(x)
        return margins

    def predict(self, window: Window) -> Forecast:
        """Forecasts of all stations from the window's last poll."""
        return self.predict_rows(self.features(window), self.context(window.stations))

    def predict_rows(self, x: Floats, context: StationContext) -> Forecast:
        """Forecasts from what `features` gave: the part of the cycle that is the model's own."""
        most = context.profile.most
        blocks = [slice(first, first + BLOCK) for first in range(0, max(len(x), 1), BLOCK)]
        return concat_forecasts(
            [forecast_from_distribution(self.distribution(x[rows], most[rows]), self.horizons) for rows in blocks]
        )

    def save(self) -> dict[str, bytes]:
        """The model as files by name: JSON, arrays without pickle, and the engine's own format."""
        meta = {
            "engine": self.engine,
            "horizons": self.horizons,
            "features": FEATURES,
            "feature_hash": feature_hash(),
            "stations": self.profile.ids,
        }
        tables = io.BytesIO()
        np.savez_compressed(
            tables,
            profile=self.profile.table.astype(np.float16),
            total=self.profile.total,
            most=self.profile.most,
            lat=self.profile.lat,
            lon=self.profile.lon,
            prior=self.prior.logits,
            busyness=self.prior.edges,
            within=self.within,
            temper=self.temper,
        )
        return {META: orjson.dumps(meta), TABLES: tables.getvalue(), **self.trees.files()}

    @classmethod
    def load(cls, files: Mapping[str, bytes]) -> ForecastModel:
        """A model from what `save` gave. `ModelError` when files miss, the features are not today's, or its engine
        cannot be loaded here."""
        try:
            meta = orjson.loads(files[META])
            if meta["feature_hash"] != feature_hash():
                raise ModelError(
                    f"the model takes features {meta['feature_hash']}, this version makes {feature_hash()}"
                )
            trees = load_trees(meta["engine"], files)
            with np.load(io.BytesIO(files[TABLES]), allow_pickle=False) as arrays:
                return _assemble(meta, arrays, trees)
        except KeyError as error:
            raise ModelError(f"the model misses {error}") from error
        except EngineMissingError as error:
            raise ModelError(str(error)) from error


def ceiling_of(x: Floats, most: Floats) -> Floats:
    """The most bikes a station can come to hold: its docks, or what it was seen to hold beyond them."""
    return np.fmax(x[:, FEATURES.index("capacity")], most)


def _assemble(meta: dict[str, list[str]], arrays: Arrays, trees: Trees) -> ForecastModel:
    def floats(name: str) -> Floats:
        return arrays[name].astype(np.float32)

    profile = Profile(tuple(meta["stations"]), *(floats(k) for k in ("profile", "total", "most", "lat", "lon")))
    prior = Prior(floats("prior"), floats("busyness"))
    horizons = tuple(int(minutes) for minutes in meta["horizons"])
    return ForecastModel(str(meta["engine"]), horizons, profile, prior, floats("within"), floats("temper"), trees)


def _same(stations: StationSet, other: StationSet) -> bool:
    arrays = ("lat", "lon", "capacity")
    return stations.ids == other.ids and all(
        np.array_equal(getattr(stations, name), getattr(other, name), equal_nan=True) for name in arrays
    )
