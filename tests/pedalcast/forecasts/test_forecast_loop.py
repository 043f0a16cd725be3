"""The loop over a real Redis: it follows polls, hands over, and comes back from every fault."""

import os
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import orjson
import pytest
import redis

from collector.snapshot import Snapshot
from collector.storage.snapshot_store import SnapshotStore
from forecaster.arrays import Floats
from forecaster.window import Window
from pedalcast.forecasts import forecast_loop, repository
from pedalcast.forecasts.leadership import lease
from pedalcast.kit.runtime.thread_priority import STEPS_BEHIND

TRIGGERS = "pedalcast_forecast_runs_by_trigger_total"
Poll = Callable[..., Snapshot]
Build = Callable[..., object]
Eventually = Callable[[Callable[[], bool]], None]


def value(client: redis.Redis, station: str) -> dict[str, object]:
    found = client.get(f"prediction:station:{station}")
    return {} if found is None else orjson.loads(found)


def bikes(client: redis.Redis, station: str = "ST-1") -> float | None:
    horizons = value(client, station).get("horizons")
    return horizons[0]["bikes"] if horizons else None  # type: ignore[index,no-any-return]


class TestForecasts:
    def test_follow_every_poll(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        one = replica(plus(0.5))
        one.loop.worker.start()
        for minute, count in ((0, 3), (5, 7)):
            store.publish(poll(minute, {"ST-1": count}))
            eventually(lambda count=count: bikes(store.redis) == count + 0.5)
        said = value(store.redis, "ST-1")
        assert said["observed_at"] == "2026-11-20T10:05:00Z"
        assert said["model"] == "20261120T000000Z-plus"
        assert [h["at"] for h in said["horizons"]] == ["2026-11-20T10:15:00Z", "2026-11-20T10:35:00Z"]  # type: ignore[attr-defined]

    def test_are_made_at_start_from_the_polls_that_are_there(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        for minute in range(0, 120, 5):
            store.publish(poll(minute, {"ST-1": minute % 7}))
        one = replica(plus())
        one.loop.worker.start()
        eventually(lambda: bool(one.runs))
        assert len(one.ring) == 24
        assert bikes(store.redis) == 115 % 7 + 1

    def test_say_persistence_without_a_model_and_the_version_after_a_swap(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        one = replica()
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: value(store.redis, "ST-1").get("model") == "persistence")
        one.models.swap(plus(version="new"))
        one.loop.wake()
        eventually(lambda: value(store.redis, "ST-1").get("model") == "new")
        eventually(lambda: one.metric("pedalcast_model_info", version="new") == 1)
        assert one.metric("pedalcast_forecast_runs_total", kind="persistence") == 1

    def test_of_a_station_that_is_gone_go_too(
        self, replica: Build, store: SnapshotStore, poll: Poll, eventually: Eventually
    ) -> None:
        one = replica()
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: bikes(store.redis, "ST-2") is not None)
        store.publish(poll(24 * 60 + 5, {"ST-1": 1, "ST-3": 3}))
        eventually(lambda: bikes(store.redis, "ST-2") is None)
        assert bikes(store.redis, "ST-1") is not None

    def test_go_on_while_the_feed_is_down_with_the_age_of_what_was_seen(
        self, replica: Build, store: SnapshotStore, poll: Poll, clock: object, eventually: Eventually
    ) -> None:
        one = replica(clock=clock)
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: len(one.runs) == 1)
        clock.at += timedelta(minutes=60)  # type: ignore[attr-defined]
        one.loop.tick()
        eventually(lambda: len(one.runs) == 2)
        said = value(store.redis, "ST-1")
        assert said["made_at"] == "2026-11-20T11:00:00Z"
        assert said["observed_at"] == "2026-11-20T10:00:00Z"
        assert said["horizons"][0]["at"] == "2026-11-20T11:10:00Z"  # type: ignore[index]
        assert bikes(store.redis) == 3
        assert one.metric("pedalcast_forecast_observation_age_seconds") == 3600

    def test_are_not_repeated_by_the_schedule_while_polls_come(
        self, replica: Build, store: SnapshotStore, poll: Poll, clock: object, eventually: Eventually
    ) -> None:
        one = replica(clock=clock)
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: len(one.posted) == 1)
        clock.at += timedelta(minutes=4, seconds=59)  # type: ignore[attr-defined]
        one.loop.tick()
        store.publish(poll(5))
        eventually(lambda: len(one.posted) == 2)
        assert one.posted[1].observed_at - one.posted[0].observed_at == 300
        eventually(lambda: one.metric(TRIGGERS, trigger="poll") == 1)
        assert one.metric(TRIGGERS, trigger="lease") == 1
        assert one.metric(TRIGGERS, trigger="tick") == 0

    def test_survive_a_gap_in_the_stream(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        one = replica(plus())
        one.loop.worker.start()
        for minute, count in ((0, 1), (5, 2), (300, 6)):
            store.publish(poll(minute, {"ST-1": count}))
        eventually(lambda: bikes(store.redis) == 7)
        assert one.ring.window(timedelta(hours=1)).times.shape == (1,)


class TestTicks:
    def test_make_a_run_when_none_has_started_for_five_minutes(
        self, replica: Build, store: SnapshotStore, poll: Poll, clock: object, eventually: Eventually
    ) -> None:
        one = replica(clock=clock)
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: len(one.posted) == 1)
        clock.at += timedelta(minutes=5)  # type: ignore[attr-defined]
        one.loop.tick()
        eventually(lambda: len(one.posted) == 2)
        assert one.posted[1].made_at - one.posted[0].made_at == 300
        assert one.posted[1].base == one.posted[1].made_at
        assert one.posted[1].observed_at == one.posted[0].observed_at
        eventually(lambda: one.metric(TRIGGERS, trigger="tick") == 1)
        one.loop.tick()
        assert len(one.posted) == 2

    def test_carry_on_when_the_follower_has_stopped(
        self, replica: Build, store: SnapshotStore, *, poll: Poll, plus: Build, clock: object, eventually: Eventually
    ) -> None:
        one = replica(plus(), clock=clock)
        store.publish(poll(0, {"ST-1": 3}))
        one.loop.worker.start()
        eventually(lambda: bikes(store.redis) == 4)
        one.loop.worker.stop()
        for minute, count in ((5, 6), (10, 8)):
            store.publish(poll(minute, {"ST-1": count}))  # which nobody follows
            clock.at += timedelta(minutes=5)  # type: ignore[attr-defined]
            one.loop.tick()
            assert bikes(store.redis) == count + 1
        assert one.metric(TRIGGERS, trigger="tick") == 2

    def test_carry_on_while_the_follower_is_stuck(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, clock: object
    ) -> None:
        one = replica(plus(), clock=clock)
        stuck, go_on = threading.Event(), threading.Event()
        store.publish(poll(0, {"ST-1": 3}))
        one.loop.catch_up()
        reader = one.loop._news

        def hang(block_ms: int) -> object:
            stuck.set()
            go_on.wait(60)
            return type(reader).wait(reader, block_ms)

        reader.wait = hang
        one.loop.worker.start()
        assert stuck.wait(60)
        store.publish(poll(5, {"ST-1": 6}))
        clock.at += timedelta(minutes=5)  # type: ignore[attr-defined]
        one.loop.tick()
        assert bikes(store.redis) == 7
        go_on.set()

    def test_do_nothing_where_another_replica_has_the_lease(
        self, replica: Build, store: SnapshotStore, poll: Poll, clock: object
    ) -> None:
        other, one = replica(clock=clock), replica(clock=clock)
        store.publish(poll(0))
        assert other.lease.acquire() is not None
        one.loop.catch_up()
        clock.at += timedelta(minutes=10)  # type: ignore[attr-defined]
        one.loop.tick()
        assert not one.posted

    def test_fail_while_redis_is_away_and_carry_on_after(
        self, replica: Build, restartable: object, poll: Poll, clock: object
    ) -> None:
        one = replica(url=restartable.url, clock=clock)  # type: ignore[attr-defined]
        SnapshotStore(restartable.client).publish(poll(0))  # type: ignore[attr-defined]
        one.loop.catch_up()
        restartable.kill()  # type: ignore[attr-defined]
        with pytest.raises(redis.RedisError):
            one.loop.tick()
        assert one.metric("pedalcast_forecast_loop_errors_total", reason="redis") == 1
        assert one.metric("pedalcast_forecast_loop_troubles_total", reason="redis") == 1
        restartable.start()  # type: ignore[attr-defined]
        one.loop.tick()
        assert len(one.posted) == 1


class TestPollsInTheFuture:
    def test_are_counted_and_taken_as_of_now(
        self, replica: Build, store: SnapshotStore, *, poll: Poll, plus: Build, clock: object, eventually: Eventually
    ) -> None:
        one = replica(plus(), clock=clock)
        store.publish(poll(120, {"ST-1": 3}))
        one.loop.worker.start()
        eventually(lambda: bool(one.posted))
        assert bikes(store.redis) == 4
        assert one.posted[0].base == one.posted[0].observed_at == clock.at.timestamp()  # type: ignore[attr-defined]
        assert one.metric("pedalcast_forecast_polls_ahead_total") == 1

    def test_are_replaced_by_the_next_poll_of_the_present(
        self, replica: Build, store: SnapshotStore, *, poll: Poll, plus: Build, clock: object, eventually: Eventually
    ) -> None:
        one = replica(plus(), clock=clock)
        store.publish(poll(120, {"ST-1": 3}))
        one.loop.worker.start()
        eventually(lambda: bikes(store.redis) == 4)
        clock.at += timedelta(minutes=5)  # type: ignore[attr-defined]
        store.submit(poll(5, {"ST-1": 7}), at=clock.at)  # type: ignore[attr-defined]
        eventually(lambda: bikes(store.redis) == 8)
        assert value(store.redis, "ST-1")["observed_at"] == "2026-11-20T10:05:00Z"


class TestReplicas:
    def test_one_forecasts_and_both_serve(
        self, replica: Build, store: SnapshotStore, poll: Poll, eventually: Eventually
    ) -> None:
        both = [replica(), replica()]
        for one in both:
            one.loop.worker.start()
        for minute in (0, 5, 10):
            store.publish(poll(minute, {"ST-1": minute}))
            eventually(
                lambda minute=minute: all(
                    one.posted and one.posted[-1].observed_at == poll(minute).observed_at.timestamp() for one in both
                )
            )
        leaders = [one for one in both if one.runs]
        assert len(leaders) == 1
        assert both[0].board.posted.info == both[1].board.posted.info
        assert both[0].board.station("ST-1").plain == both[1].board.station("ST-1").plain
        assert sorted(one.metric("pedalcast_forecast_leader") for one in both) == [0, 1]

    def test_that_come_later_serve_what_is_there(
        self, replica: Build, store: SnapshotStore, poll: Poll, eventually: Eventually
    ) -> None:
        first, second = replica(), replica()
        store.publish(poll(0))
        first.loop.worker.start()
        eventually(lambda: bool(first.posted))
        second.loop.catch_up()
        assert second.board.station("ST-3").plain == first.board.station("ST-3").plain
        assert not second.runs

    def test_take_over_when_the_leader_dies(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        died, heir = replica(plus(1)), replica(plus(2), ttl=timedelta(seconds=15))
        store.publish(poll(0))
        assert died.lease.acquire() is not None  # and never again: it was killed
        heir.loop.worker.start()
        store.redis.pexpire(lease.KEY, 50)
        eventually(lambda: bikes(store.redis) == 5)

    def test_keep_the_lease_through_a_run_that_takes_longer(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        slow, heir = replica(Pausing(plus(1)), ttl=timedelta(seconds=15)), replica(plus(2))
        store.publish(poll(0))
        slow.loop.worker.start()
        assert slow.models.current.paused.wait(60)
        store.redis.pexpire(lease.KEY, 5_000)  # ten seconds of the run have passed
        slow.loop.renew_lease()
        assert store.redis.pttl(lease.KEY) > 5_000
        heir.loop.worker.start()
        slow.models.current.go_on.set()
        eventually(lambda: bikes(store.redis) == 4)
        assert slow.metric("pedalcast_forecast_leader") == 1

    def test_lose_the_lease_by_a_run_that_is_stuck(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forecast_loop, "LONGEST_RUN_S", 0.0)
        stuck = replica(Pausing(plus(1)), ttl=timedelta(seconds=15))
        store.publish(poll(0))
        stuck.loop.worker.start()
        assert stuck.models.current.paused.wait(60)
        store.redis.pexpire(lease.KEY, 5_000)
        stuck.loop.renew_lease()
        assert store.redis.pttl(lease.KEY) <= 5_000
        stuck.models.current.go_on.set()

    def test_that_were_paused_cannot_overwrite(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        slow, heir = replica(Pausing(plus(1))), replica(plus(2))
        store.publish(poll(0))
        slow.loop.worker.start()
        assert slow.models.current.paused.wait(60)
        store.redis.delete(lease.KEY)  # it ran out while the leader was paused
        heir.loop.worker.start()
        eventually(lambda: bikes(store.redis) == 5)
        slow.models.current.go_on.set()
        eventually(lambda: slow.metric("pedalcast_forecast_leader") == 0)
        assert bikes(store.redis) == 5
        assert not slow.runs
        eventually(lambda: slow.posted_model == "20261120T000000Z-plus")


class TestFaults:
    def test_redis_restarted_with_its_data(
        self, replica: Build, restartable: object, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        one = replica(plus(), url=restartable.url)  # type: ignore[attr-defined]
        SnapshotStore(restartable.client).publish(poll(0, {"ST-1": 1}))  # type: ignore[attr-defined]
        one.loop.worker.start()
        eventually(lambda: bikes(restartable.client) == 2)  # type: ignore[attr-defined]
        restartable.kill()  # type: ignore[attr-defined]
        eventually(lambda: bool(one.metric("pedalcast_forecast_loop_troubles_total", reason="redis")))
        assert one.board.station("ST-1") is not None
        restartable.start()  # type: ignore[attr-defined]
        SnapshotStore(restartable.client).publish(poll(5, {"ST-1": 4}))  # type: ignore[attr-defined]
        eventually(lambda: bikes(restartable.client) == 5)  # type: ignore[attr-defined]

    def test_redis_restarted_without_its_data(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: Build, eventually: Eventually
    ) -> None:
        one = replica(plus())
        store.publish(poll(0, {"ST-1": 1}))
        one.loop.worker.start()
        eventually(lambda: bikes(store.redis) == 2)
        store.redis.flushdb()
        eventually(lambda: bikes(store.redis) == 2)  # written again from the window in the process
        store.publish(poll(5, {"ST-1": 4}))
        eventually(lambda: bikes(store.redis) == 5)
        assert store.redis.hexists(repository.ALL, "body")

    def test_a_broken_model(self, replica: Build, store: SnapshotStore, poll: Poll, eventually: Eventually) -> None:
        one = replica(Raising())
        store.publish(poll(0))
        one.loop.worker.start()
        eventually(lambda: value(store.redis, "ST-1").get("model") == "persistence")


class Pausing:
    """A model whose first prediction waits until it is told to go on, like a process that was stopped."""

    def __init__(self, model: object) -> None:
        from threading import Event

        self._model = model
        self.paused, self.go_on = Event(), Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def predict(self, *given: object) -> object:
        self.paused.set()
        self.go_on.wait(60)
        return self._model.predict(*given)  # type: ignore[attr-defined]


class Raising:
    """A model that cannot."""

    version = "broken"
    horizons = (10,)

    def features(self, window: object) -> object:
        raise RuntimeError("no features today")


class TestCourtesy:
    def test_what_can_wait_waits_while_a_poll_is_forecast_and_riders_go_first(
        self, replica: Build, store: SnapshotStore, poll: Poll, plus: type, eventually: Eventually
    ) -> None:
        seen: list[tuple[bool, int]] = []

        class Looking(plus):  # type: ignore[misc]
            def features(self, window: Window) -> Floats:
                nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
                seen.append((one.turn.wait(0), nice))
                return super().features(window)

        one = replica(Looking())
        assert one.turn.wait(0)
        one.loop.worker.start()
        store.publish(poll(0))
        eventually(lambda: bool(one.runs))
        free, nice = seen[0]
        assert not free
        if sys.platform == "linux":
            assert nice == min(os.getpriority(os.PRIO_PROCESS, 0) + STEPS_BEHIND, 19)
        eventually(lambda: one.turn.wait(0))
