"""Models over HTTP: who may, what is said, and that whatever is wrong with a model, the old one serves on."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
from httpx_sse import connect_sse

from collector.clocks import SystemClock
from forecaster.objects import ObjectStore
from forecaster.registry.registry import Registry
from forecaster.scores.roc import RocCounts
from forecaster.verification.matured import VerificationRow, append
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import TOKEN, Bearer, Keep

PATHS = [
    ("POST", "/ai/reload-model"),
    ("GET", "/ai/models"),
    ("POST", "/ai/models/rollback"),
    ("POST", "/ai/models/v1/promote"),
    ("GET", "/ai/models/v1/scores"),
    ("GET", "/ai/models/v1/card"),
    ("POST", "/ai/retrain"),
    ("GET", "/ai/jobs"),
    ("GET", "/ai/jobs/1"),
    ("DELETE", "/ai/jobs/1"),
]


REFUSED = [
    ({}, 401, "unauthorized"),
    ({"X-Admin-Token": ""}, 401, "unauthorized"),
    ({"Authorization": f"Basic {TOKEN}"}, 401, "unauthorized"),
    ({"Authorization": "Bearer wrong"}, 403, "forbidden"),
    ({"X-Admin-Token": "wrong"}, 403, "forbidden"),
    ({"X-Admin-Token": "열쇠".encode()}, 403, "forbidden"),
]


class TestWhoMay:
    def test_only_the_holder_of_the_token(self, settings: Settings, serve: Serve) -> None:
        client = serve(create_app(settings))
        for headers, status, code in REFUSED:
            for method, path in PATHS:
                answer = client.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["error"]) == (status, code), (path, headers)
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["success"] is False
                assert (answer.headers.get("www-authenticate") == "Bearer") is (status == 401)
        for headers in ({"Authorization": f"Bearer {TOKEN}"}, {"X-Admin-Token": TOKEN}):
            assert client.get("/ai/models", headers=headers).status_code == 200

    def test_nobody_where_no_token_is_set(self, settings: Settings, serve: Serve) -> None:
        client = serve(create_app(settings.model_copy(update={"admin_token": None})))
        assert client.get("/ai/models", headers={"X-Admin-Token": "None"}).status_code == 403


class TestReload:
    def test_swaps_the_champion_in(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1", promote=True)
        told = service.post("/ai/reload-model").json()
        assert (told["version"], told["before"], told["success"]) == ("v1", "persistence", True)
        assert service.get("/ai/models").json()["serving"]["version"] == "v1"

    def test_without_a_champion_says_so(self, service: httpx.Client) -> None:
        answer = service.post("/ai/reload-model")
        assert (answer.status_code, answer.json()["error"]) == (404, "no_champion")

    def test_of_a_corrupt_file_keeps_the_old_model(
        self, service: httpx.Client, registry: Registry, keep: Keep, objects: ObjectStore
    ) -> None:
        keep("v1", promote=True)
        service.post("/ai/reload-model")
        keep("v2", promote=True)
        objects.put("models/versions/v2/trees.ubj", b"bits have fallen over")
        answer = service.post("/ai/reload-model")
        assert (answer.status_code, answer.json()["error"]) == (409, "model_unusable")
        assert "trees.ubj" in answer.json()["message"]
        assert service.get("/ai/models").json()["serving"]["version"] == "v1"

    def test_of_a_model_that_fails_its_trial_keeps_the_old_one(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1", promote=True)
        service.post("/ai/reload-model")
        keep("v2", promote=True, tables__npz=b"broken before it was kept, so that every hash fits")
        answer = service.post("/ai/reload-model")
        assert (answer.status_code, answer.json()["error"]) == (409, "model_unusable")
        assert service.get("/ai/models").json()["serving"]["version"] == "v1"

    def test_with_the_store_away_keeps_the_old_model(
        self, settings: Settings, admin: Bearer, keep: Keep, away: Callable[[], None]
    ) -> None:
        app = create_app(settings)
        service = admin(app)
        keep("v1", promote=True)
        service.post("/ai/reload-model")
        away()
        answer = service.post("/ai/reload-model")
        assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"]
        assert app.state.forecasts.models.current.version == "v1"

    def test_reaches_every_replica_and_its_listeners(
        self, settings: Settings, admin: Bearer, keep: Keep, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        one, other = create_app(settings), create_app(settings)
        first, second = admin(one), admin(other)
        keep("v1", promote=True)
        with connect_sse(second, "GET", "/api/v1/events") as source:
            first.post("/ai/reload-model")
            said = next(event for event in source.iter_sse() if event.event == "model")
        assert json.loads(said.data)["version"] == "v1"
        eventually(lambda: other.state.forecasts.models.current.version == "v1")


class TestList:
    def test_names_versions_aliases_and_scores(self, service: httpx.Client, registry: Registry, keep: Keep) -> None:
        keep("v1", promote=True, metrics={"horizons": {"10": {"challenger": {"rmse": 1.5}}}})
        keep("v2")
        registry.challenge("v2", reason="not better")
        told = service.get("/ai/models").json()
        assert told["champion"]["version"] == "v1"
        assert told["champion"]["reason"] == "v1 is best"
        assert told["challenger"]["version"] == "v2"
        found = {version["id"]: version for version in told["versions"]}
        assert found["v1"]["aliases"] == ["champion"]
        assert found["v2"]["aliases"] == ["challenger"]
        assert found["v1"]["metrics"]["horizons"]["10"]["challenger"]["rmse"] == 1.5
        assert len(service.get("/ai/models", params={"newest": 1}).json()["versions"]) == 1

    def test_is_empty_at_first(self, service: httpx.Client) -> None:
        assert service.get("/ai/models").json() == {
            "serving": {"version": "persistence"},
            "champion": None,
            "challenger": None,
            "versions": [],
        }


class TestPromoteAndRollback:
    def test_promotes_serves_and_goes_back(self, service: httpx.Client, keep: Keep) -> None:
        for name in ("v1", "v2"):
            keep(name)
            told = service.post(f"/ai/models/{name}/promote", json={"reason": f"{name} by hand"}).json()
            assert (told["version"], told["reason"]) == (name, f"{name} by hand")
        back = service.post("/ai/models/rollback").json()
        assert (back["version"], back["before"]) == ("v1", "v2")
        assert service.get("/ai/models").json()["serving"]["version"] == "v1"

    def test_the_challenger_by_its_name(self, service: httpx.Client, registry: Registry, keep: Keep) -> None:
        keep("v1")
        registry.challenge("v1", reason="not better")
        assert service.post("/ai/models/challenger/promote").json()["version"] == "v1"

    @pytest.mark.parametrize("name", ["nothing", "challenger", "..%2F..%2Fsecrets"])
    def test_what_is_not_there_is_not_promoted(self, service: httpx.Client, name: str) -> None:
        answer = service.post(f"/ai/models/{name}/promote")
        assert answer.status_code == 404

    def test_a_broken_one_is_not_promoted(self, service: httpx.Client, registry: Registry, keep: Keep) -> None:
        keep("v1", promote=True)
        keep("v2", trees__ubj=b"no trees")
        assert service.post("/ai/models/v2/promote").json()["error"] == "model_unusable"
        assert registry.alias("champion").version == "v1"

    def test_there_is_nothing_before_the_first(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1", promote=True)
        answer = service.post("/ai/models/rollback")
        assert (answer.status_code, answer.json()["error"]) == (409, "nothing_before")

    def test_back_from_persistence(self, service: httpx.Client, registry: Registry, keep: Keep) -> None:
        keep("v1", promote=True)
        registry.retire("it lost")
        assert service.post("/ai/reload-model").json()["version"] == "persistence"
        assert service.post("/ai/models/rollback").json()["version"] == "v1"


class TestScores:
    def test_live_beside_the_backtest(self, service: httpx.Client, objects: ObjectStore, keep: Keep) -> None:
        keep("v1", promote=True, metrics={"horizons": {"10": {"challenger": {"rmse": 1.5}}}})
        now = SystemClock().now()
        append(objects, [row("v1", now - timedelta(hours=1)), row("v2", now - timedelta(hours=1))])
        append(objects, [row("v1", now - timedelta(hours=30))])
        told = service.get("/ai/models/champion/scores").json()
        assert told["version"] == "v1"
        assert told["live"]["10"]["count"] == 100
        live = told["live"]["10"]
        assert (live["mae_median"], live["crps"], live["crps_persistence"]) == (0.5, 0.4, 0.8)
        assert (live["auc_empty"], live["auc_empty_persistence"]) == (1.0, 0.75)
        assert told["live"]["10"]["lift"] == 0.5
        assert told["backtest"]["horizons"]["10"]["challenger"]["rmse"] == 1.5
        longer = service.get("/ai/models/v1/scores", params={"hours": 48}).json()
        assert longer["live"]["10"]["count"] == 200
        assert longer["from"] < told["from"]

    def test_of_persistence_and_of_nothing(self, service: httpx.Client) -> None:
        assert service.get("/ai/models/persistence/scores").json()["live"] == {}
        assert service.get("/ai/models/nothing/scores").status_code == 404


class TestCard:
    def test_is_markdown(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1", card="# v1\n\n약점: 없음\n")
        answer = service.get("/ai/models/v1/card")
        assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
        assert answer.text == "# v1\n\n약점: 없음\n"

    def test_that_is_not_there(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1")
        assert service.get("/ai/models/v1/card").json()["error"] == "no_card"


class TestRequestsInFlight:
    def test_never_notice_a_reload(self, service: httpx.Client, keep: Keep) -> None:
        keep("v1", promote=True)
        keep("v2")
        statuses = []
        for name in ("v1", "v2", "v1"):
            service.post(f"/ai/models/{name}/promote")
            statuses += [service.get("/health").status_code for _ in range(20)]
        assert set(statuses) == {200}


def row(model: str, at: datetime) -> VerificationRow:
    """A hundred forecasts, with half of persistence's error."""
    sure, half = RocCounts(hits=(0, 10), misses=(90, 0)), RocCounts(hits=(5, 5), misses=(90, 0))
    sums = (100, 50, 90, 5, 5, 80, 100, 180, 10, 10)
    more = {"crps": 40.0, "last_crps": 80.0, "ranked_empty": sure, "last_ranked_empty": half}
    return VerificationRow(at - timedelta(minutes=10), at, 10, model, *sums, **more)


class TestUnreachableS3:
    def test_is_one_clear_problem(self, settings: Settings, admin: Bearer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, "anything")
        nowhere = {"s3_bucket": "bikes", "s3_endpoint_url": "http://127.0.0.1:1"}
        service = admin(create_app(settings.model_copy(update=nowhere)))
        answer = service.post("/ai/reload-model")
        assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
        assert "\n" not in answer.json()["message"]
        assert service.get("/health").status_code == 200
