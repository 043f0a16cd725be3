"""A run written without the byte matrix: one `orjson.dumps` a station, one MSET in redis-py's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import orjson
import redis

from pedalcast.forecasts.encoding.byte_layout import STATION_PREFIX
from pedalcast.forecasts.encoding.byte_matrix import rfc3339
from pedalcast.forecasts.forecast_run import ForecastRun
from pedalcast.forecasts.leadership.lease import HeldLease, LeaseLostError

KEYS_A_CALL = 16_384  # as the product's


def write_plainly(client: redis.Redis, lease_key: str, held: HeldLease, run: ForecastRun) -> None:
    """Write every station's forecast under the lease. Raises `LeaseLostError` when it is not held any more."""
    values = dict(_values(run))
    with client.pipeline() as pipe:
        pipe.watch(lease_key)  # type: ignore[no-untyped-call]
        if cast("Any", pipe.get(lease_key)) != held.value:
            raise LeaseLostError(f"the lease {lease_key} is not held any more")
        pipe.multi()
        for some in _chunks(values):
            pipe.mset(some)
        pipe.execute()


def _chunks(values: dict[str, bytes]) -> Iterator[Mapping[Any, Any]]:
    if len(values) <= KEYS_A_CALL:
        yield values
        return
    items = list(values.items())
    for start in range(0, len(items), KEYS_A_CALL):
        yield dict(items[start : start + KEYS_A_CALL])


def _values(run: ForecastRun) -> Iterator[tuple[str, bytes]]:
    """Each station's key and its JSON value."""
    forecast, made_at, model = run.forecast, rfc3339(run.stamps.made_at), run.info.model
    moments = {int(t): rfc3339(int(t)) for t in np.unique(run.stamps.observed_at)}
    heads = [(minutes, rfc3339(at)) for minutes, at in zip(run.info.minutes, run.stamps.targets, strict=True)]
    bikes = np.round(forecast.bikes.T.astype(np.float64), 2).tolist()
    shares = [np.round(share.T.astype(np.float64), 3).tolist() for share in (forecast.p_bike, forecast.p_dock)]
    low, high = (
        [[None if n < 0 else n for n in row] for row in ends.T.tolist()] for ends in (forecast.low, forecast.high)
    )
    rows = zip(run.ids, run.stamps.observed_at.tolist(), bikes, low, high, *shares, strict=True)
    for name, observed, *numbers in rows:
        horizons = [
            {"minutes": minutes, "at": at, "bikes": b, "low": lo, "high": hi, "p_bike": pb, "p_dock": pd}
            for (minutes, at), b, lo, hi, pb, pd in zip(heads, *numbers, strict=True)
        ]
        value = {"station_id": name, "made_at": made_at, "observed_at": moments[observed], "model": model}
        yield STATION_PREFIX + name, orjson.dumps({**value, "horizons": horizons})
