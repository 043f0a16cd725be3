import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
import redis as redislib
from fastapi import FastAPI

from pedalcast.app import create_app
from pedalcast.kit.redis_connection import RedisUnreachableError
from pedalcast.settings import Settings, SettingsError
from tests.pedalcast.conftest import Serve


class TestHealth:
    def test_is_alive_before_any_poll_and_says_what_is_missing(self, settings: Settings, serve: Serve) -> None:
        client = serve(create_app(settings))
        for path in ("/health", "/api/v1/health"):
            assert client.get(path).json() == {
                "status": "healthy",
                "app_name": "Pedalcast",
                "version": version("pedalcast"),
            }
        checks = client.get("/ready").json()["checks"]
        assert checks["redis"] == "ok"
        assert checks["objects"] == "ok"

    def test_not_ready_when_the_object_store_is_not(
        self, settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, "anything")
        nowhere = {"s3_bucket": "bikes", "s3_endpoint_url": "http://127.0.0.1:1"}
        answer = serve(create_app(settings.model_copy(update=nowhere))).get("/ready", timeout=60)
        assert answer.status_code == 503
        assert answer.json()["ready"] is False
        assert answer.json()["checks"]["objects"] != "ok"


class TestStart:
    def test_what_stays_is_not_looked_through_again_and_again(self, settings: Settings, serve: Serve) -> None:
        serve(create_app(settings))
        assert gc.get_freeze_count() > 10_000

    def test_without_redis_url_says_so(self) -> None:
        with pytest.raises(SettingsError, match="REDIS_URL must be set"):
            create_app(Settings(_env_file=None))

    async def _start(self, app: FastAPI) -> None:
        async with app.router.lifespan_context(app):
            pass

    def test_an_unreachable_redis_is_one_line_without_its_password(self, tmp_path: Path) -> None:
        import asyncio

        app = create_app(Settings(_env_file=None, redis_url="redis://me:hunter22@127.0.0.1:1/0", data_dir=tmp_path))
        with pytest.raises(RedisUnreachableError) as caught:
            asyncio.run(self._start(app))
        assert "127.0.0.1:1" in str(caught.value)
        assert "hunter22" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def client(
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
) -> Iterator[httpx.Client]:
    url = redis_url.replace("db=0", "db=1")
    folder = tmp_path_factory.mktemp("data")
    app = create_app(Settings(_env_file=None, redis_url=url, data_dir=folder, chat=False))
    with redislib.Redis.from_url(url) as empty:
        empty.flushdb()

    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("the combination is 1-2-3-4-5")

    @app.get("/redis-away")
    def away() -> None:
        raise redislib.exceptions.ConnectionError("at 10.0.0.1")

    with start_service(app) as client:
        yield client


class TestErrors:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nowhere", 404, "not_found"),
            ("DELETE", "/health", 405, "method_not_allowed"),
            ("GET", "/api/v1/realtime/stations?limit=0", 422, "invalid_request"),
            ("GET", "/api/v1/realtime/stations?bbox=1,2,3", 422, "invalid_bbox"),
            ("GET", "/api/v1/realtime/stations/ST-0", 404, "station_not_found"),
            ("GET", "/api/v1/realtime/stations", 503, "no_snapshot"),
            ("GET", "/breaks", 500, "internal_error"),
            ("GET", "/redis-away", 503, "redis_unavailable"),
        ],
    )
    def test_every_error_has_the_one_shape(
        self, client: httpx.Client, method: str, path: str, status: int, code: str
    ) -> None:
        # The server closes the connection after a bug of ours: no other request may meet that.
        answer = client.request(method, path, headers={"Connection": "close"})
        body = answer.json()
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["type"] == f"urn:pedalcast:problem:{code}"
        assert body["status"] == status
        assert body["error"] == code
        assert body["success"] is False
        assert body["detail"] == body["message"]
        assert body["title"]
        assert "1-2-3-4-5" not in answer.text
        assert "10.0.0.1" not in answer.text

    def test_a_bad_request_names_the_place_and_not_the_input(self, client: httpx.Client) -> None:
        answer = client.get("/api/v1/realtime/stations", params={"radius": "-7.25"})
        assert answer.json()["errors"][0]["where"] == "query.radius"
        assert "7.25" not in answer.text

    def test_what_is_not_there_points_to_what_is(self, client: httpx.Client) -> None:
        assert "nothing at /nowhere; /docs" in client.get("/nowhere").json()["message"]
        refused = client.delete("/health")
        assert "/health cannot be asked with DELETE" in refused.json()["message"]
        assert refused.headers["allow"] == "GET"


class TestRequestId:
    def test_a_callers_id_is_kept_and_an_unfit_one_replaced(self, settings: Settings, serve: Serve) -> None:
        client = serve(create_app(settings))
        assert (
            client.get("/health", headers={"X-Request-ID": "checkout-12345"}).headers["x-request-id"]
            == "checkout-12345"
        )
        made = client.get("/health", headers={"X-Request-ID": "no spaces, please"}).headers["x-request-id"]
        assert len(made) == 32


class TestSchema:
    def test_every_operation_has_a_summary_and_the_bodies_have_examples(self, settings: Settings) -> None:
        schema = create_app(settings).openapi()
        operations = [op for path in schema["paths"].values() for op in path.values()]
        assert all(op.get("summary") for op in operations)
        assert schema["components"]["schemas"]["StationNow"]["example"]["station_id"] == "ST-4"
        assert "Problem" in schema["components"]["schemas"]
