"""The product's cycle on a stage: a Redis with a city in it, the real loop's parts, a poll a round."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import redis

from bench.sample_data.synthetic_city import StreamEntries, SyntheticCity
from bench.support.plain_writer import write_plainly
from collector.clocks import SystemClock
from collector.storage.snapshot_store import STREAM, STREAM_FIELD, SnapshotStore
from collector.storage.stream_entry import decode_entry
from forecaster.arrays import Floats
from forecaster.model import ForecastModel
from forecaster.window import Window
from pedalcast.forecasts.encoding.byte_matrix import ByteMatrix
from pedalcast.forecasts.forecast_cycle import ForecastCycle
from pedalcast.forecasts.forecast_run import ForecastRun, Timings
from pedalcast.forecasts.inputs.poll_intake import CycleStart
from pedalcast.forecasts.inputs.poll_window import PollWindow
from pedalcast.forecasts.leadership import lease
from pedalcast.forecasts.leadership.fenced_write import command
from pedalcast.forecasts.leadership.lease import Lease
from pedalcast.forecasts.prediction.active_model import ActiveModel
from pedalcast.forecasts.prediction.models import PersistenceModel, RegistryModel
from pedalcast.forecasts.repository import ForecastRepository, StreamReader

HISTORY = 313  # polls in the window: 26 hours


class CycleStage:
    """A city of so many stations, 26 hours of which are in the window, with `rounds` polls to come."""

    def __init__(self, url: str, model: ForecastModel, stations: int, rounds: int) -> None:
        self.client = redis.Redis.from_url(url)
        self.client.flushall()
        self.model = model
        self.city = SyntheticCity.of(stations, HISTORY + rounds)
        self._entries = StreamEntries(self.city)
        self._poll = HISTORY
        SnapshotStore(self.client).publish(self.city.snapshot(0))
        self.ring = PollWindow(lambda _: self.city.stations())
        self.ring.extend(decode_entry(self._entries.id(n), self._entries.value(n)) for n in range(HISTORY))
        own_lease = Lease(self.client, ttl=timedelta(hours=1))
        held = own_lease.acquire()
        assert held is not None
        self._held = held
        self._news = StreamReader(self.client, self._entries.id(0))
        repository = ForecastRepository(self.client, own_lease.key)
        self._cycle = ForecastCycle(
            self.ring, ActiveModel(PersistenceModel(), RegistryModel("bench", model)), repository, SystemClock()
        )
        self._connection: Any = self.client.connection_pool.get_connection()

    def close(self) -> None:
        self.client.connection_pool.release(self._connection)
        self.client.close()

    def publish(self) -> None:
        """Put the next poll's entry into the stream."""
        entry = {STREAM_FIELD: self._entries.value(self._poll)}
        self.client.xadd(STREAM, entry, id=self._entries.id(self._poll))  # type: ignore[arg-type]
        self._poll += 1

    def cycle(self) -> Timings:
        """One cycle, from the stream entry to the last station's key."""
        started = time.perf_counter()
        self.ring.extend(self._news.wait(1000).entries)
        run, _ = self._cycle.run(self._held, CycleStart(time.perf_counter() - started))
        assert run.info.model == "bench", "the model fell back"
        self.ring.tidy()
        self.run: ForecastRun = run
        return run.timings

    @property
    def window(self) -> Window:
        return self.ring.window()

    def read_bare(self) -> None:
        """The bytes that a cycle reads, over a bare connection."""
        before = self._entries.id(self._poll - 2)
        self._connection.send_packed_command([command("XREAD", "STREAMS", STREAM, before)])
        self._connection.read_response()

    def write_bare(self, sheet: ByteMatrix, packed: bytes) -> None:
        """The bytes that a cycle writes, ready-made, over a bare connection."""
        self._connection.send_packed_command([packed])
        for _ in sheet.layout.chunks:
            self._connection.read_response()

    def write_plainly(self) -> None:
        """The last run's forecasts written without the byte matrix."""
        write_plainly(self.client, lease.KEY, self._held, self.run)

    def sheet(self) -> ByteMatrix:
        """The last run's sheet."""
        sheet = self._cycle._sheet
        assert sheet is not None
        return sheet

    def features(self) -> Floats:
        """The model's features of the present window."""
        return self.model.features(self.window)
