"""Fixtures for every test: where the shared data sets lie, and a real Redis, a real S3 server."""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import redis
from bench.support.database_servers import (
    mariadb_binary,
    mariadb_server,
    pgvector_binaries,
    postgres_binaries,
    postgres_server,
)
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer

from tests.database_tables import drop_tables
from tests.missing import missing
from tests.redis_server import bundled, installed, redis_server

_buckets = itertools.count()
# Examples are not timed: a busy machine takes its time over any of them.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded data sets beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data sets are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server of this test process's own, on a unix socket, which keeps nothing."""
    binary = bundled() or installed()
    if binary is None:
        missing("a redis-server")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder, redis_server(binary, Path(folder)) as url:
        yield url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client that returns bytes, on an empty database."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3 server on loopback, spoken to over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """`s3://bucket/prefix` of an empty bucket, with the environment set so that it opens."""
    monkeypatch.setenv("S3_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    bucket = f"bucket-{next(_buckets)}"
    boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/city"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server of this test process's own."""
    binaries = postgres_binaries()
    if binaries is None:
        missing("PostgreSQL")
    with postgres_server(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def pgvector_url() -> Iterator[str]:
    """The address of a PostgreSQL server with pgvector, of this test process's own."""
    binaries = pgvector_binaries()
    if binaries is None:
        missing("PostgreSQL with pgvector")
    with postgres_server(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """The address of a MariaDB server of this test process's own."""
    binary = mariadb_binary()
    if binary is None:
        missing("MariaDB")
    with mariadb_server(binary) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database; a test that uses it runs on each of the three kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'pedalcast.db'}"
        return
    url = str(request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url"))
    asyncio.run(drop_tables(url))
    yield url
    asyncio.run(drop_tables(url))
