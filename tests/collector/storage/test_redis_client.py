"""Addresses of Redis: one server, or the primary that a Sentinel names."""

from __future__ import annotations

import shutil
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from bench.support.redis_group import NAME, RedisGroup

from collector.errors import ConfigError
from collector.feeds.simulated_city import SimulatedCity
from collector.storage.redis_client import SentinelAddress, redis_client
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.kit.redis_connection import printable
from tests.missing import missing


class TestSentinelAddress:
    def test_hosts_name_and_database(self) -> None:
        address = SentinelAddress.parse("redis+sentinel://one:1,two/main/3")
        assert address.sentinels == (("one", 1), ("two", 26379))
        assert (address.name, address.db, address.tls, address.password) == ("main", 3, False, None)

    def test_user_password_and_tls(self) -> None:
        address = SentinelAddress.parse("rediss+sentinel://u:p%40ss@[::1]:5/main")
        assert address.sentinels == (("::1", 5),)
        assert (address.username, address.password, address.tls, address.db) == ("u", "p@ss", True, 0)

    @pytest.mark.parametrize("url", ["h:1", "/main", "h/", "h:x/main", "h/main/x", ",/main", "h:1,/main"])
    def test_no_address(self, url: str) -> None:
        with pytest.raises(ConfigError, match=r"redis\+sentinel://host:port") as caught:
            redis_client(f"redis+sentinel://:hunter2@{url}")
        assert "hunter2" not in str(caught.value)

    def test_shown_without_password(self) -> None:
        assert printable("redis+sentinel://:hunter2@one:1,two/main") == "redis+sentinel://one:1,two:26379/main/0"


@pytest.mark.debian_redis
def test_follows_a_failover(tmp_path: Path) -> None:
    if shutil.which("redis-sentinel") is None:
        missing("redis-sentinel")
    group = RedisGroup(tmp_path)
    try:
        client = redis_client(group.url, socket_timeout=5.0, socket_connect_timeout=2.0)
        client.set("before", "1")
        client.wait(1, 5000)
        old = group.primary()
        group.kill(old)
        assert group.wait_for_new_primary(old, 120) != old
        until = time.monotonic() + 60
        while True:
            try:
                client.set("after", "1")
                break
            except redis.RedisError:
                assert time.monotonic() < until, f"the client of {NAME} did not follow"
                time.sleep(0.1)
        assert client.get("before") == b"1"
    finally:
        group.close()


@pytest.mark.debian_redis
def test_a_poll_does_not_go_to_a_former_primary_that_wakes(tmp_path: Path) -> None:
    """Its connection stays open and takes writes, which are lost when the Sentinel makes it a replica."""
    if shutil.which("redis-sentinel") is None:
        missing("redis-sentinel")
    group = RedisGroup(tmp_path)
    try:
        store = SnapshotStore(redis_client(group.url, socket_timeout=60.0))
        noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
        city = SimulatedCity(seed=7, stations=3, start=noon)
        store.publish(city.fetch(noon))
        old = group.primary()
        store.redis.wait(1, 5000)
        group.signal(old, signal.SIGSTOP)
        new = group.wait_for_new_primary(old, 120)
        group.signal(old, signal.SIGCONT)
        later = noon + timedelta(minutes=5)
        until = time.monotonic() + 60
        while True:
            try:
                assert store.publish(city.fetch(later))
                break
            except redis.RedisError:  # while the Sentinel knows of no primary
                assert time.monotonic() < until
                time.sleep(0.1)
        entry = SnapshotStore(group.client(new)).latest()
        assert entry is not None
        assert entry.header.window == later
    finally:
        group.close()
