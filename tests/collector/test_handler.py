"""The Lambda entry, with the event that EventBridge Scheduler sends, against real parts."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import redis

from collector.errors import ConfigError
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.seoul_server import KEY, SeoulServer

EVENT = {  # what a schedule with a Lambda target and no input of its own delivers
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "account": "123456789012",
    "time": "2026-11-20T10:05:00Z",
    "region": "ap-northeast-2",
    "resources": ["arn:aws:scheduler:ap-northeast-2:123456789012:schedule/default/poll"],
    "detail": "{}",
}


class Context:
    """The runtime's context object, as far as it is looked at."""

    function_name = "pedalcast-collector"
    function_version = "$LATEST"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:ap-northeast-2:123456789012:function:pedalcast-collector"
    aws_request_id = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 59_000


@pytest.fixture
def entry(
    seoul: SeoulServer, redis_url: str, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """The module as a fresh container imports it, in the function's environment."""
    monkeypatch.setenv("SEOUL_API_KEY", KEY)
    monkeypatch.setenv("SEOUL_BASE_URL", seoul.url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    module = importlib.import_module("collector.handler")
    module._feed_and_store.cache_clear()
    yield module
    if module._feed_and_store.cache_info().currsize:
        feed, used = module._feed_and_store()
        feed.close()
        used.redis.close()
    module._feed_and_store.cache_clear()


def lines(capture: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capture.readouterr().out.splitlines() if line.startswith("{")]


class TestHandler:
    def test_polls_and_answers_what_lambda_can_serialise(self, entry: ModuleType, store: SnapshotStore) -> None:
        answer = entry.handler(EVENT, Context())

        assert json.loads(json.dumps(answer))["status"] == "published"
        assert (answer["stations"], answer["system"]) == (2740, "seoul-ttareungyi")
        assert len(store.stations()) == 2740

    def test_a_second_delivery_changes_nothing(self, entry: ModuleType, store: SnapshotStore) -> None:
        first = entry.handler(EVENT, Context())
        second = entry.handler(EVENT, Context())

        windows = {first["window"], second["window"]}
        assert second["status"] == "duplicate" or len(windows) == 2  # the wall clock may have moved on
        assert len(list(store.entries())) == len(windows)

    def test_writes_metrics_in_the_embedded_format(self, entry: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
        entry.handler(EVENT, Context())

        emf = [line for line in lines(capsys) if "StationsSeen" in line]
        assert len(emf) == 1
        assert emf[0]["StationsSeen"] == [2740.0]
        assert (emf[0]["PollPublished"], emf[0]["PollPartial"], emf[0]["system"]) == ([1.0], [0.0], "seoul-ttareungyi")
        assert emf[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Pedalcast"

    def test_a_feed_that_is_down_is_an_answer_with_no_key_in_it(
        self, entry: ModuleType, seoul: SeoulServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        seoul.faults[1] = ["echo"]

        answer = entry.handler(EVENT, Context())

        captured = capsys.readouterr()
        assert (answer["status"], answer["reason"]) == ("failed", "error-300")
        assert "0123456789abcdef" not in f"{captured.out}{captured.err}{answer}"
        assert '"PollFailed":[1.0]' in captured.out

    def test_without_redis_url_it_says_so(self, entry: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("REDIS_URL")

        with pytest.raises(ConfigError, match="REDIS_URL is not set"):
            entry.handler(EVENT, Context())

    def test_a_redis_that_is_gone_raises_so_that_the_invocation_fails(
        self, entry: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")

        with pytest.raises(redis.ConnectionError):
            entry.handler(EVENT, Context())


class TestColdStart:
    def test_imports_only_what_the_poll_needs(self) -> None:
        code = "import sys, collector.handler; print(sorted({name.split('.')[0] for name in sys.modules}))"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout

        for heavy in ("numpy", "polars", "boto3", "pydantic", "aws_xray_sdk", "lightgbm"):
            assert f"'{heavy}'" not in found

    def test_a_feed_that_is_not_used_is_not_imported(self) -> None:
        code = "import sys, collector.handler; print([name for name in sys.modules if 'collector.' in name])"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout

        assert "collector.feeds.gbfs.gbfs_feed" not in found
        assert "collector.city" not in found
