"""The command, in this process and as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import orjson
import pytest

from collector.__main__ import main
from collector.storage.snapshot_store import SnapshotStore
from tests.collector.gbfs_server import GbfsServer


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FEED", "SEOUL_API_KEY", "GBFS_URL", "GBFS_HEADERS", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


class TestPoll:
    def test_publishes_and_says_so(
        self, redis_url: str, store: SnapshotStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["poll", "--feed", "simulated", "--redis-url", redis_url]) == 0

        assert capsys.readouterr().out.startswith("published: 200 stations of simulated-seoul")
        assert len(store.stations()) == 200

    def test_json_is_one_line(self, redis_url: str, store: SnapshotStore, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["poll", "--feed", "simulated", "--json", "--redis-url", redis_url]) == 0

        result = orjson.loads(capsys.readouterr().out)
        assert (result["status"], result["stations"], result["partial"]) == ("published", 200, False)

    def test_a_dry_run_needs_no_redis(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["poll", "--feed", "simulated", "--dry-run", "--redis-url", "redis://127.0.0.1:9/0"]) == 0

        printed = capsys.readouterr()
        assert len([line for line in printed.out.splitlines() if line.startswith("SIM-")]) == 200
        assert "200 stations, set aside: none" in printed.err

    def test_any_city_by_its_url(self, gbfs: GbfsServer, capsys: pytest.CaptureFixture[str]) -> None:
        gbfs.files["station_status"] = {"stations": [{"station_id": "a", "num_bikes_available": 1}, {}]}

        assert main(["poll", "--gbfs-url", gbfs.url, "--dry-run", "--json"]) == 0
        snapshot = orjson.loads(capsys.readouterr().out)
        assert [station["id"] for station in snapshot["stations"]] == ["a"]
        assert snapshot["rejected"] == {"no_station_id": 1, "unknown_docks": 1}


class TestErrors:
    def test_a_feed_that_fails_is_1(self, gbfs: GbfsServer, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        gbfs.faults["gbfs"] = 404

        assert main(["poll", "--gbfs-url", gbfs.url, "--redis-url", redis_url]) == 1
        assert main(["poll", "--gbfs-url", gbfs.url, "--dry-run"]) == 1
        error = capsys.readouterr().err
        assert error.count("answered HTTP 404 (http_404)") == 2
        assert len(error.splitlines()) == 2

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--feed", "seoul"], "SEOUL_API_KEY is not set"),
            (["--feed", "gbfs"], "GBFS_URL is not set"),
            (["--gbfs-url", "gbfs.json"], "GBFS_URL: the address is not"),
            (["--feed", "simulated", "--redis-url", "localhost"], "REDIS_URL: it must be a redis://"),
            (["--feed", "simulated", "--redis-url", "redis://:pa/ss@h/0"], "REDIS_URL: it must be a redis://"),
        ],
    )
    def test_a_wrong_setting_is_2(self, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["poll", *arguments]) == 2
        error = capsys.readouterr().err
        assert words in error
        assert len(error.splitlines()) == 1

    def test_no_redis_is_3(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["poll", "--feed", "simulated", "--redis-url", "redis://:pw@127.0.0.1:9/0"]) == 3
        assert capsys.readouterr().err.startswith("collector: Redis at 127.0.0.1:9/0 cannot be used: ")


class TestProcess:
    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "collector", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))

    def test_help_names_options_exit_codes_and_settings(self) -> None:
        done = self.run("poll", "--help")

        assert done.returncode == 0
        for word in ("--feed", "--json", "--dry-run", "exit codes", "SEOUL_API_KEY"):
            assert word in done.stdout

    def test_an_unknown_feed_is_a_usage_error(self) -> None:
        done = self.run("poll", "--feed", "london")

        assert done.returncode == 2
        assert "invalid choice" in done.stderr


class TestEvery:
    def test_polls_until_it_is_told_to_stop(self, redis_url: str, store: SnapshotStore) -> None:
        command = [sys.executable, "-m", "collector", "poll", "--feed", "simulated", "--every", "1"]
        with subprocess.Popen([*command, "--redis-url", redis_url], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0

        assert lines[0].startswith("published: 200 stations")
        assert lines[2].split(":")[0] in {"published", "duplicate"}
        assert len(store.stations()) == 200

    def test_no_time_between_polls_is_2(self, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["poll", "--feed", "simulated", "--every", "0", "--redis-url", redis_url]) == 2
        assert "--every" in capsys.readouterr().err
