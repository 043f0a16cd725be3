"""Two cities on the same Redis, object store and database server: neither sees anything of the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx
import psycopg
import pytest
import redis
from bench.support.servers import wait_until

from tests.infra.polled_city import answers, polled_city
from tests.operations.surroundings import PATIENCE_S, replica, tcp_redis

ALL = "/api/v1/predict/stations"
KEY = "a-key-of-the-tests-for-city-{}-0123456789"
STATIONS = {"one": 300, "two": 120}


@dataclass(frozen=True)
class TwoCities:
    """The addresses of two deployments, and the servers they share."""

    urls: dict[str, str]
    redis_port: int
    s3_endpoint: str


@pytest.fixture(scope="module")
def cities(folder: Path, s3_endpoint: str, postgres_url: str) -> Iterator[TwoCities]:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    boto3.client(
        "s3", endpoint_url=s3_endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    ).create_bucket(Bucket="cities")
    with ExitStack() as stack:
        port = stack.enter_context(tcp_redis(folder / "redis"))
        urls = {}
        for number, name in enumerate(STATIONS):
            _create_database(postgres_url, f"city_{name}")
            stack.enter_context(polled_city(f"redis://127.0.0.1:{port}/{number}", STATIONS[name]))
            own = {"REDIS_DB": str(number), "S3_PREFIX": f"city-{name}", "JWT_SECRET_KEY": KEY.format(name)}
            own |= {"DATABASE_URL": _database(postgres_url, f"city_{name}")}
            shared = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(port), "S3_BUCKET": "cities", **keys}
            shared |= {"S3_ENDPOINT_URL": s3_endpoint, "CHAT": "false", "RETRAIN_EVERY": "PT0S"}
            urls[name] = stack.enter_context(replica(folder / name, **shared, **own))[0]
        wait_until(lambda: all(answers(url + ALL) for url in urls.values()), PATIENCE_S)
        yield TwoCities(urls, port, s3_endpoint)


def _database(url: str, name: str) -> str:
    return url.rpartition("/")[0] + f"/{name}"


def _create_database(url: str, name: str) -> None:
    with psycopg.connect(url.replace("+asyncpg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


class TestNeighbours:
    def test_each_forecasts_its_own_stations(self, cities: TwoCities) -> None:
        for name, url in cities.urls.items():
            assert len(httpx.get(url + ALL, timeout=60).json()["stations"]) == STATIONS[name]
            assert "pedalcast_forecast_leader 1.0" in httpx.get(f"{url}/metrics", timeout=60).text

    def test_each_archives_under_its_own_prefix(self, cities: TwoCities) -> None:
        client = boto3.client(
            "s3", endpoint_url=cities.s3_endpoint, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip

        def prefixes() -> set[str]:
            listed = client.list_objects_v2(Bucket="cities").get("Contents", [])
            return {str(entry["Key"]).split("/")[0] for entry in listed}

        wait_until(lambda: prefixes() == {"city-one", "city-two"}, PATIENCE_S)

    def test_an_account_of_one_is_a_stranger_to_the_other(self, cities: TwoCities) -> None:
        person = {"email": "rider@example.org", "password": "three wheels are one too many"}
        first = httpx.post(f"{cities.urls['one']}/api/v1/auth/register", json=person, timeout=60)
        assert first.status_code < 300, first.text
        login = {"email": person["email"], "password": person["password"]}
        signed_in = httpx.post(f"{cities.urls['one']}/api/v1/auth/login", json=login, timeout=60)
        token = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        assert httpx.get(f"{cities.urls['one']}/api/v1/auth/me", headers=token, timeout=60).status_code == 200
        assert httpx.get(f"{cities.urls['two']}/api/v1/auth/me", headers=token, timeout=60).status_code == 401
        assert httpx.post(f"{cities.urls['two']}/api/v1/auth/login", json=login, timeout=60).status_code == 401

    def test_what_is_emptied_for_one_stays_with_the_other(self, cities: TwoCities) -> None:
        with redis.Redis(port=cities.redis_port, db=0) as client:
            client.flushdb()
        assert len(httpx.get(cities.urls["two"] + ALL, timeout=60).json()["stations"]) == STATIONS["two"]
        with redis.Redis(port=cities.redis_port, db=1) as client:
            assert client.dbsize() > STATIONS["two"]
