"""The vectorised writer says exactly what plain encoding says."""

from datetime import UTC, datetime

import numpy as np
import orjson
import pytest
import redis

from forecaster.model import Forecast
from pedalcast.forecasts.encoding import byte_layout
from pedalcast.forecasts.encoding.byte_matrix import ByteMatrix, RunTimes, body_head
from pedalcast.forecasts.leadership.fenced_write import fenced_write
from pedalcast.forecasts.leadership.lease import KEY, HeldLease

MODEL = "20261120T101500Z-lightgbm"
MADE, SEEN = 1_795_170_304, 1_795_170_300
IDS = ("ST-1", "ST-1000", 'quo"te', "망원역", "a" * 60, "7")


def forecast(stations: int, minutes: tuple[int, ...] = (10, 30, 60), seed: int = 3) -> Forecast:
    """Forecasts at random, the edges among them."""
    random = np.random.default_rng(seed)
    shape = (len(minutes), stations)
    bikes = random.uniform(0, 60, shape).astype(np.float32)
    _put(bikes, (0.0, 0.005, 0.995, 9999.99, 32767.99, 1e-9, -0.4))
    shares = random.uniform(0, 1, (2, *shape)).astype(np.float32)
    _put(shares, (0.0, 1.0, 0.0005, 0.9996))
    low, high = random.integers(0, 32767, (2, *shape)).astype(np.int16)
    return Forecast(minutes, bikes=bikes, low=low, high=high, p_bike=shares[0], p_dock=shares[1], spreads=())


def _put(into: np.ndarray[tuple[int, ...], np.dtype[np.float32]], edges: tuple[float, ...]) -> None:
    into.reshape(-1)[: len(edges)] = edges[: into.size]


def stamps(made: Forecast, stations: int) -> RunTimes:
    return RunTimes(MADE, np.full(stations, SEEN, np.int64), tuple(SEEN + 60 * m for m in made.horizons))


def plainly(made: Forecast, times: RunTimes, ids: tuple[str, ...]) -> list[dict[str, object]]:
    """The same forecasts by one dictionary a station, rounded as the interface promises."""

    def said(epoch: int) -> str:
        return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(value: np.float32, factor: int) -> float | None:
        return None if np.isnan(value) else round(min(max(np.rint(float(value) * factor), 0), 3276799)) / factor

    def count(value: np.int16) -> int | None:
        return None if value < 0 else int(value)

    def horizon(h: int, n: int) -> dict[str, object]:
        return {
            "minutes": made.horizons[h],
            "at": said(times.targets[h]),
            "bikes": number(made.bikes[h, n], 100),
            "low": count(made.low[h, n]),
            "high": count(made.high[h, n]),
            "p_bike": number(made.p_bike[h, n], 1000),
            "p_dock": number(made.p_dock[h, n], 1000),
        }

    return [
        {
            "station_id": name,
            "made_at": said(times.made_at),
            "observed_at": said(int(times.observed_at[n])),
            "model": MODEL,
            "horizons": [horizon(h, n) for h in range(len(made.horizons))],
        }
        for n, name in enumerate(ids)
    ]


def filled(made: Forecast, times: RunTimes, ids: tuple[str, ...] = IDS) -> ByteMatrix:
    sheet = ByteMatrix.for_run(None, ids, MODEL, made.horizons)
    sheet.fill(made, times)
    return sheet


def in_redis(client: redis.Redis, held: HeldLease, sheet: ByteMatrix) -> list[object]:
    with fenced_write(client, KEY, held) as watching:
        watching.write(sheet.commands(), len(sheet.layout.chunks))
    return [orjson.loads(client.get(byte_layout.STATION_PREFIX + name)) for name in sheet.layout.ids]


class TestStationValues:
    def test_equal_those_of_plain_encoding(self, redis_client: redis.Redis, held: HeldLease) -> None:
        made = forecast(len(IDS))
        times = stamps(made, len(IDS))
        assert in_redis(redis_client, held, filled(made, times)) == plainly(made, times, IDS)

    def test_are_null_where_there_is_no_number(self, redis_client: redis.Redis, held: HeldLease) -> None:
        made = forecast(len(IDS))
        for array in (made.bikes, made.p_bike, made.p_dock):
            array[:, 2] = np.nan
        made.low[:, 2] = made.high[:, 2] = -1
        times = stamps(made, len(IDS))
        values = in_redis(redis_client, held, filled(made, times))
        assert values == plainly(made, times, IDS)
        assert values[2]["horizons"][0]["bikes"] is None  # type: ignore[index]

    def test_say_when_each_station_was_seen(self, redis_client: redis.Redis, held: HeldLease) -> None:
        made = forecast(len(IDS))
        times = stamps(made, len(IDS))
        times.observed_at[[1, 4]] = SEEN - 600
        times.observed_at[5] = SEEN - 900
        assert in_redis(redis_client, held, filled(made, times)) == plainly(made, times, IDS)

    @pytest.mark.parametrize("stations", [1, 7, 8, 9, 30])
    def test_are_whole_however_the_commands_are_cut(
        self, redis_client: redis.Redis, held: HeldLease, monkeypatch: pytest.MonkeyPatch, stations: int
    ) -> None:
        monkeypatch.setattr(byte_layout, "CHUNK", 4)
        ids = tuple(f"{'x' * (n % 5)}{n}" for n in range(stations))
        made = forecast(stations, (5, 120))
        times = stamps(made, stations)
        sheet = filled(made, times, ids)
        assert len(sheet.layout.chunks) == -(-stations // 4)
        assert in_redis(redis_client, held, sheet) == plainly(made, times, ids)

    def test_of_the_next_run_replace_those_of_the_last(self, redis_client: redis.Redis, held: HeldLease) -> None:
        first, second = forecast(len(IDS)), forecast(len(IDS), seed=4)
        sheet = filled(first, stamps(first, len(IDS)))
        again = ByteMatrix.for_run(sheet, IDS, MODEL, second.horizons)
        assert again is sheet
        later = RunTimes(MADE + 300, np.full(len(IDS), SEEN + 300), tuple(SEEN + 300 + 60 * m for m in (10, 30, 60)))
        again.fill(second, later)
        assert in_redis(redis_client, held, again) == plainly(second, later, IDS)


class TestBody:
    def test_holds_the_same_values_under_its_head(self) -> None:
        made = forecast(len(IDS))
        times = stamps(made, len(IDS))
        head = body_head("a-run", MADE, SEEN, MODEL)
        body = orjson.loads(filled(made, times).body(head))
        assert body.pop("stations") == plainly(made, times, IDS)
        assert body == {
            "run": "a-run",
            "made_at": "2026-11-20T10:25:04Z",
            "observed_at": "2026-11-20T10:25:00Z",
            "model": MODEL,
        }

    def test_of_no_station_is_valid(self) -> None:
        made = forecast(0)
        sheet = filled(made, stamps(made, 0), ())
        assert orjson.loads(sheet.body(body_head("r", MADE, SEEN, "m")))["stations"] == []
        assert list(sheet.commands()) == []


class TestSheet:
    def test_is_made_anew_for_other_stations_models_and_horizons(self) -> None:
        made = forecast(len(IDS))
        sheet = filled(made, stamps(made, len(IDS)))
        assert ByteMatrix.for_run(sheet, (*IDS[:-1], "8"), MODEL, made.horizons) is not sheet
        assert ByteMatrix.for_run(sheet, IDS, MODEL, (10,)) is not sheet
        assert ByteMatrix.for_run(sheet, IDS, "persistence", made.horizons) is not sheet
