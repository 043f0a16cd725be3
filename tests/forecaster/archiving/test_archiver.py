"""The archiver: nothing lost, nothing doubled, whatever dies on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import redis

from collector.snapshot import Snapshot, Station, System
from collector.storage.snapshot_store import STREAM, SnapshotStore
from forecaster.archiving.archiver import Archiver, SystemMismatch
from forecaster.history import History
from forecaster.history.past_reader import PastReader
from forecaster.objects import Blob, DamageLog, ObjectStore, StoreUnavailable, open_objects
from tests.stopped_clock import StoppedClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEOUL = System("seoul", "따릉이", "Asia/Seoul", "ko")
AT_ONCE = timedelta(0)


def poll(number: int, *, ids: tuple[str, ...] = ("a", "b")) -> Snapshot:
    """The poll `number` times five minutes after noon: `number` bikes everywhere."""
    at = NOON + timedelta(minutes=5 * number)
    stations = tuple(
        Station(name, f"Station {name}", number, 10, lat=37.5, lon=127.0, capacity=20, names={"en": f"Stop {name}"})
        for name in ids
    )
    return Snapshot(SEOUL, window=at, observed_at=at + timedelta(seconds=3), stations=stations)


def published(client: redis.Redis, *numbers: int) -> SnapshotStore:
    store = SnapshotStore(client)
    for number in numbers:
        assert store.publish(poll(number))
    return store


def archived(history: History) -> list[float]:
    """The bikes of station a in the history, poll by poll."""
    start = int(NOON.timestamp())
    polls = PastReader(history).series("a", start, start + 9 * 86400, now=start)
    return [float(past.bikes) for past in polls]


class Failing:
    """An object store that fails from the nth write on."""

    def __init__(self, inner: ObjectStore, good_writes: int) -> None:
        self._inner = inner
        self.left = good_writes

    @property
    def damage(self) -> DamageLog:
        return self._inner.damage

    def put(self, key: str, data: bytes, *, if_absent: bool = False, if_match: str | None = None) -> str:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailable("the store is full")
        return self._inner.put(key, data, if_absent=if_absent, if_match=if_match)

    def get(self, key: str) -> Blob:
        return self._inner.get(key)

    def put_file(self, key: str, path: Path) -> None:
        self.put(key, path.read_bytes())

    def fetch_file(self, key: str, path: Path) -> None:
        self._inner.fetch_file(key, path)

    def list(self, prefix: str = "") -> list[str]:
        return self._inner.list(prefix)

    def exists(self, key: str) -> bool:
        return self._inner.exists(key)

    def delete(self, key: str) -> None:
        self._inner.delete(key)


class TestRunOnce:
    def test_archives_what_waits(self, redis_client: redis.Redis, history: History) -> None:
        archiver = Archiver(published(redis_client, 0, 1, 14), history)
        assert archiver.run_once() == 3
        assert archived(history) == [0, 1, 14]
        assert history.span() == (NOON + timedelta(seconds=3), NOON + timedelta(minutes=70, seconds=3))
        assert archiver.run_once() == 0
        assert archiver.waiting() == 0

    def test_goes_on_where_it_was(self, redis_client: redis.Redis, history: History) -> None:
        Archiver(published(redis_client, 0), history).run_once()
        assert Archiver(published(redis_client, 1), history).run_once() == 1
        assert archived(history) == [0, 1]

    def test_nothing_there_yet(self, redis_client: redis.Redis, history: History) -> None:
        archiver = Archiver(SnapshotStore(redis_client), history)
        assert archiver.waiting() == 0
        assert archiver.run_once() == 0

    def test_more_than_one_batch(self, redis_client: redis.Redis, history: History) -> None:
        assert Archiver(published(redis_client, *range(100)), history).run_once() == 100
        assert archived(history) == list(range(100))

    def test_a_redis_that_lost_everything(self, redis_client: redis.Redis, history: History) -> None:
        archiver = Archiver(published(redis_client, 0), history)
        archiver.run_once()
        redis_client.flushdb()
        published(redis_client, 1)
        assert archiver.run_once() == 1
        assert archived(history) == [0, 1]

    def test_on_s3(self, redis_client: redis.Redis, s3_url: str) -> None:
        history = History(open_objects(s3_url))
        Archiver(published(redis_client, 0, 1), history).run_once()
        assert archived(history) == [0, 1]


class TestStationTable:
    def test_names_and_positions_come_along(self, redis_client: redis.Redis, history: History) -> None:
        Archiver(published(redis_client, 0, 1), history).run_once()
        table = history.table()
        assert table is not None
        row = table.row(0, named=True)
        assert (row["name"], row["names"], row["capacity"]) == ("Station a", '{"en":"Stop a"}', 20)
        assert (row["lat"], row["lon"]) == (37.5, 127.0)
        assert (row["first_seen"], row["last_seen"]) == history.span()
        system = history.system()
        assert system is not None
        assert (system.id, system.timezone, system.country) == ("seoul", "Asia/Seoul", "KR")

    def test_a_new_station_joins(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0)
        archiver = Archiver(store, history)
        archiver.run_once()
        store.publish(poll(1, ids=("a", "b", "c")))
        archiver.run_once()
        assert history.stations().ids == ("a", "b", "c")
        np.testing.assert_array_equal(history.window(NOON, NOON + timedelta(hours=1)).bikes[:, 2], [np.nan, 1])

    def test_another_city_is_refused(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0)
        archiver = Archiver(store, history)
        archiver.run_once()
        store.publish(poll(1, ids=("x", "y")))
        with pytest.raises(SystemMismatch, match="no station of the feed 'seoul'"):
            archiver.run_once()
        assert archiver.waiting() == 1


class TestDeaths:
    def test_a_store_that_fails_keeps_the_entries_waiting(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0, 14)
        failing = Archiver(store, History(Failing(history.objects, 3)))
        with pytest.raises(StoreUnavailable, match="full"):
            failing.run_once()
        assert failing.waiting() == 2
        archiver = Archiver(store, history, consumer="another", abandoned=AT_ONCE)
        assert archiver.run_once() == 2
        assert archived(history) == [0, 14]

    def test_the_entries_of_the_living_are_left_to_them(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0)
        with pytest.raises(StoreUnavailable):
            Archiver(store, History(Failing(history.objects, 0)), consumer="another").run_once()
        assert Archiver(store, history).run_once() == 0

    def test_its_own_it_takes_up_at_once_when_it_lives_again(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0, 1)
        with pytest.raises(StoreUnavailable):
            Archiver(store, History(Failing(history.objects, 0))).run_once()
        redis_client.xtrim(STREAM, maxlen=1, approximate=False)
        archiver = Archiver(published(redis_client, 2), history)
        assert archiver.run_once() == 2
        assert archived(history) == [1, 2]
        assert archiver.waiting() == 0

    def test_its_own_it_takes_up_at_once_when_the_store_is_back(
        self, redis_client: redis.Redis, history: History
    ) -> None:
        failing = Failing(history.objects, 0)
        archiver = Archiver(published(redis_client, 0), History(failing))
        with pytest.raises(StoreUnavailable):
            archiver.run_once()
        failing.left = 99
        assert archiver.run_once() == 1
        assert archived(history) == [0]

    def test_entries_trimmed_meanwhile_do_not_wait_for_ever(self, redis_client: redis.Redis, history: History) -> None:
        store = published(redis_client, 0, 1)
        with pytest.raises(StoreUnavailable):
            Archiver(store, History(Failing(history.objects, 0))).run_once()
        redis_client.xtrim(STREAM, maxlen=1, approximate=False)
        archiver = Archiver(store, history, consumer="another", abandoned=AT_ONCE)
        assert archiver.run_once() == 1
        assert archiver.waiting() == 0

    def test_an_unreadable_entry_is_passed_over(self, redis_client: redis.Redis, history: History) -> None:
        redis_client.xadd(STREAM, {"s": b"nonsense"}, id="1-0")
        archiver = Archiver(published(redis_client, 0), history)
        assert archiver.run_once() == 1
        assert archiver.waiting() == 0

    @pytest.mark.parametrize("good_writes", range(6))
    def test_a_kill_anywhere_loses_and_doubles_nothing(
        self, redis_client: redis.Redis, redis_url: str, tmp_path: Path, good_writes: int
    ) -> None:
        published(redis_client, 0, 1, 14, 28)
        folder = tmp_path / "store"
        killed = subprocess.run([sys.executable, "-c", KILLED, redis_url, folder, str(good_writes)], check=False)
        assert killed.returncode == -signal.SIGKILL
        history = History(open_objects(folder))
        archiver = Archiver(SnapshotStore(redis_client), history)
        assert archiver.run_once() == 4
        assert archived(history) == [0, 1, 14, 28]
        assert archiver.waiting() == 0


# Kills itself in the nth write, when half of it is on the disk; past the last write, before the acknowledgement.
KILLED = """
import io, os, pathlib, signal, sys
import redis
from collector.storage.snapshot_store import SnapshotStore
from forecaster.archiving.archiver import Archiver
from forecaster.history import History
from forecaster.history.past_reader import PastReader
from forecaster.objects import folder

url, path, left = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])

class Dying(folder.FolderObjects):
    def _write_aside(self, source):
        global left
        left -= 1
        if left < 0:
            data = source.read()
            super()._write_aside(io.BytesIO(data[: len(data) // 2]))
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._write_aside(source)

client = redis.Redis.from_url(url)
archiver = Archiver(SnapshotStore(client), History(Dying(path)))
client.xack = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
archiver.run_once()
"""


class TestDamagedHistory:
    @pytest.mark.parametrize("data", [b"", b"no parquet", b"PAR1PAR1"])
    def test_archives_on_and_writes_the_station_table_anew(
        self, redis_client: redis.Redis, history: History, data: bytes
    ) -> None:
        Archiver(published(redis_client, 0), history).run_once()
        for key in ("stations.parquet", "system.json", "date=2026-11-20/hour=12/status.parquet"):
            history.objects.put(f"history/{key}", data)
        assert Archiver(published(redis_client, 1), history).run_once() == 1
        assert archived(history) == [1]
        assert history.stations().ids == ("a", "b")
        assert history.system() is not None
        assert len(history.objects.list("damaged/")) == (3 if data else 0)


class TestAhead:
    def test_polls_of_the_future_leave_the_history_at_once_and_old_ones_at_the_start(
        self, redis_client: redis.Redis, history: History
    ) -> None:
        clock = StoppedClock(NOON + timedelta(minutes=5))
        Archiver(published(redis_client, 30), history).run_once()  # archived before anybody looked
        archiver = Archiver(SnapshotStore(redis_client), history, clock=clock)
        archiver.run_once()
        assert archived(history) == []
        store = SnapshotStore(redis_client)
        store.publish(poll(40))
        archiver.run_once()
        assert archived(history) == []
        assert len(history.objects.list("ahead/")) == 2
