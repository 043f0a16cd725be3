"""Fixtures of the collector's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from collector.storage.snapshot_store import SnapshotStore
from tests.collector.gbfs_server import GbfsServer, gbfs_server
from tests.collector.seoul_server import SeoulServer, seoul_server


@pytest.fixture
def store(redis_client: redis.Redis) -> SnapshotStore:
    return SnapshotStore(redis_client)


@pytest.fixture
def seoul() -> Iterator[SeoulServer]:
    with seoul_server() as server:
        yield server


@pytest.fixture
def gbfs() -> Iterator[GbfsServer]:
    with gbfs_server() as server:
        yield server


@pytest.fixture(scope="session")
def feeds_data(shared_data: Path) -> Path:
    return shared_data / "feeds"
