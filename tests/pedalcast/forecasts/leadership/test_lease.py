"""One replica forecasts; one that was replaced cannot write any more."""

import time
from datetime import timedelta

import pytest
import redis

from pedalcast.forecasts.leadership.fenced_write import command, fenced_write
from pedalcast.forecasts.leadership.lease import KEY, Lease, LeaseLostError

SHORT = timedelta(milliseconds=40)


def wait_for_end(client: redis.Redis) -> None:
    while client.exists(KEY):
        time.sleep(0.005)


class TestLease:
    def test_is_held_by_one(self, redis_client: redis.Redis) -> None:
        first, second = Lease(redis_client), Lease(redis_client)
        held = first.acquire()
        assert held is not None
        assert second.acquire() is None
        assert first.acquire() == held

    def test_goes_on_when_renewed(self, redis_client: redis.Redis) -> None:
        lease = Lease(redis_client, ttl=timedelta(seconds=5))
        lease.acquire()
        redis_client.pexpire(KEY, 1000)
        lease.acquire()
        assert redis_client.pttl(KEY) > 4000

    def test_passes_on_with_a_higher_number_when_its_holder_dies(self, redis_client: redis.Redis) -> None:
        before = Lease(redis_client, ttl=SHORT).acquire()
        wait_for_end(redis_client)
        after = Lease(redis_client).acquire()
        assert before is not None
        assert after is not None
        assert after.fence > before.fence

    def test_passes_on_at_once_when_released(self, redis_client: redis.Redis) -> None:
        first, second = Lease(redis_client), Lease(redis_client)
        first.acquire()
        first.release()
        assert second.acquire() is not None

    def test_is_renewed_only_by_its_holder(self, redis_client: redis.Redis) -> None:
        former, present = Lease(redis_client, ttl=SHORT), Lease(redis_client, ttl=timedelta(seconds=5))
        assert not present.renew()
        former.acquire()
        wait_for_end(redis_client)
        assert not former.renew()
        present.acquire()
        redis_client.pexpire(KEY, 1000)
        assert not former.renew()
        assert redis_client.pttl(KEY) <= 1000
        assert present.renew()
        assert redis_client.pttl(KEY) > 4000

    def test_is_not_released_by_a_former_holder(self, redis_client: redis.Redis) -> None:
        former, present = Lease(redis_client, ttl=SHORT), Lease(redis_client)
        former.acquire()
        wait_for_end(redis_client)
        held = present.acquire()
        former.release()
        assert present.acquire() == held


class TestGuardedWrite:
    def test_happens_under_the_lease(self, redis_client: redis.Redis) -> None:
        held = Lease(redis_client).acquire()
        assert held is not None
        with fenced_write(redis_client, KEY, held) as watching:
            watching.write([command("SET", "a", 1), command("SET", "b", 2)], 2)
        assert redis_client.mget("a", "b") == [b"1", b"2"]

    def test_of_a_replaced_leader_is_refused(self, redis_client: redis.Redis) -> None:
        replaced = Lease(redis_client, ttl=SHORT).acquire()
        assert replaced is not None
        wait_for_end(redis_client)
        present = Lease(redis_client).acquire()
        assert present is not None
        with fenced_write(redis_client, KEY, present) as watching:
            watching.write([command("SET", "a", "new")], 1)
        with pytest.raises(LeaseLostError), fenced_write(redis_client, KEY, replaced) as watching:
            watching.write([command("SET", "a", "old")], 1)
        assert redis_client.get("a") == b"new"

    def test_of_a_leader_replaced_while_it_worked_is_refused(self, redis_client: redis.Redis) -> None:
        held = Lease(redis_client).acquire()
        assert held is not None
        with fenced_write(redis_client, KEY, held) as watching:
            redis_client.delete(KEY)  # as if it had run out …
            Lease(redis_client).acquire()  # … and somebody else had come
            with pytest.raises(LeaseLostError, match="during"):
                watching.write([command("SET", "a", "old")], 1)
        assert redis_client.get("a") is None

    def test_of_a_leader_whose_lease_was_renewed_meanwhile_happens_once(self, redis_client: redis.Redis) -> None:
        lease = Lease(redis_client)
        held = lease.acquire()
        assert held is not None
        with fenced_write(redis_client, KEY, held) as watching:
            assert lease.renew()
            watching.write(iter([command("INCR", "a"), command("INCR", "b")]), 2)
        assert redis_client.mget("a", "b") == [b"1", b"1"]

    def test_that_redis_refuses_writes_nothing_and_leaves_a_clean_connection(self, redis_client: redis.Redis) -> None:
        held = Lease(redis_client).acquire()
        assert held is not None
        with pytest.raises(redis.ResponseError), fenced_write(redis_client, KEY, held) as watching:
            watching.write([command("SET", "a", 1), command("NOSUCHCOMMAND")], 2)
        assert redis_client.get("a") is None
        assert redis_client.ping()

    def test_that_never_came_leaves_a_clean_connection(self, redis_client: redis.Redis) -> None:
        held = Lease(redis_client).acquire()
        assert held is not None
        with fenced_write(redis_client, KEY, held):
            pass
        with pytest.raises(ZeroDivisionError), fenced_write(redis_client, KEY, held):
            raise ZeroDivisionError
        assert redis_client.ping()
