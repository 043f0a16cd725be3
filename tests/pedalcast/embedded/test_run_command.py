import re
import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pedalcast.embedded.data_folder import DataFolder
from pedalcast.embedded.local_redis.pidfile import command_line
from tests.collector.seoul_server import seoul_server
from tests.pedalcast.embedded.conftest import Start

TINY = ("--city-stations", "20", "--city-days", "0.3")


def _home(folder: Path) -> Path:
    return folder / ".data" / "simulated-seoul"


class TestSimulated:
    def test_serves_stops_cleanly_and_goes_on_where_it_was(self, start: Start, folder: Path) -> None:
        first = start("run", *TINY)
        with first.client() as client:
            token = (_home(folder) / "admin-token").read_text()
            assert token in first.said
            assert (_home(folder) / "admin-token").stat().st_mode & 0o077 == 0
            link = re.search(r"Sign in as its admin, once, within 30 minutes: (http\S+)", first.said)
            assert link is not None
            signed_in = client.get(link[1])
            assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
            assert "pedalcast_refresh" in signed_in.headers["set-cookie"]
            assert client.get(link[1]).json()["error"] == "link_invalid"
            stations = client.get("/api/v1/realtime/stations").json()
            forecasts = client.get("/api/v1/predict/stations").json()
            assert stations["count"] == len(forecasts["stations"]) == 20
            path = f"/api/v1/realtime/stations/{stations['stations'][0]['station_id']}/history"
            past = client.get(path, params={"hours": 6}).json()["points"]
            assert len(past) >= 70
        redis_pid = int((_home(folder) / "redis" / "redis.pid").read_text())
        assert first.stop(signal.SIGINT) == 0
        assert command_line(redis_pid) == ""
        assert "Traceback" not in first.said

        again = start("run", *TINY)
        with again.client() as client:
            kept = client.get(path, params={"hours": 7}).json()["points"]
        assert again.stop(signal.SIGTERM) == 0
        assert "Traceback" not in again.said
        assert [point for point in kept if point in past][-60:] == past[-60:]
        assert "Admin token" not in again.said
        assert (_home(folder) / "admin-token").read_text() == token

    def test_a_killed_run_is_gone_on_with_and_nothing_is_doubled(self, start: Start, folder: Path) -> None:
        killed = start("run", *TINY)
        killed.wait_until_ready()
        orphan = int((_home(folder) / "redis" / "redis.pid").read_text())
        killed.stop(signal.SIGKILL)
        assert command_line(orphan)
        again = start("run", *TINY)
        with again.client() as client:
            station = client.get("/api/v1/realtime/stations").json()["stations"][0]["station_id"]
            times = [p["at"] for p in client.get(f"/api/v1/realtime/stations/{station}/history").json()["points"]]
        assert command_line(orphan) == ""
        assert len(times) >= 80
        assert times == sorted(set(times))

    def test_ctrl_c_while_it_prepares_leaves_nothing_running(self, start: Start, folder: Path) -> None:
        run = start("run", "--city-days", "60")
        run.wait_for("Object store")
        redis_pid = int((_home(folder) / "redis" / "redis.pid").read_text())
        assert run.stop() == 130
        assert command_line(redis_pid) == ""
        assert "Traceback" not in run.said

    def test_a_fast_run_forecasts_every_poll_on_the_citys_own_time(self, start: Start) -> None:
        run = start("run", *TINY, "--speed", "2000")
        with run.client() as client:
            run.wait_for("poll done .*at='([^']+)'")
            stations = client.get("/api/v1/realtime/stations").json()
            forecasts = client.get("/api/v1/predict/stations").json()
        assert datetime.fromisoformat(stations["observed_at"]) > datetime.now(UTC) + timedelta(minutes=30)
        assert stations["age"] <= 300
        assert datetime.fromisoformat(forecasts["observed_at"]) >= datetime.fromisoformat(stations["observed_at"])
        assert run.stop() == 0
        assert "no forecasts of this poll" not in run.said


class TestReplay:
    @pytest.fixture
    def recording(self, tmp_path: Path) -> tuple[str, ...]:
        """Three stations, a poll every five minutes for a day and two hours."""
        begin = datetime(2026, 5, 4, tzinfo=UTC)
        times = [begin + timedelta(minutes=5 * n) for n in range(26 * 12)]
        rows = [
            {"ts": at, "station_id": name, "bikes": (number + place) % 9, "docks": 9 - (number + place) % 9}
            for number, at in enumerate(times)
            for place, name in enumerate("abc")
        ]
        pl.DataFrame(rows).write_parquet(tmp_path / "status.parquet")
        stations = {"station_id": ["a", "b", "c"], "name": ["A", "B", "C"], "lat": [37.5] * 3, "lon": [127.0] * 3}
        pl.DataFrame(stations).write_parquet(tmp_path / "stations.parquet")
        return ("--feed", "replay", "--status", "status.parquet", "--stations", "stations.parquet")

    def test_plays_to_the_end_and_is_judged(self, start: Start, recording: tuple[str, ...], folder: Path) -> None:
        run = start("run", *recording, "--hours", "2", "--speed", "3000", "--until-end", "--no-train")
        assert run.process.wait(240) == 0, run.said
        assert "over after 24 polls" in run.said
        assert "Traceback" not in run.said
        store = next(folder.glob(".data/replay-*/objects"))
        assert list(store.glob("scores/**/*")) or list(store.rglob("*matured*"))

    def test_without_its_files_it_says_which_are_missing(self, start: Start) -> None:
        run = start("run", "--feed", "replay")
        assert run.process.wait(180) == 1
        assert _problem(run.said) == "a replay needs its files: --status FILE.parquet --stations FILE.parquet"


def _problem(said: str) -> str:
    """The one line that says why it does not run."""
    lines = [line for line in said.splitlines() if line.startswith("pedalcast: ")]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0].removeprefix("pedalcast: ")


class TestProblems:
    def test_a_port_in_use_is_told_before_anything_heavy(self, start: Start, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            run = start("run", "--port", str(port))
            assert run.process.wait(180) == 1
        assert f"cannot listen on 127.0.0.1:{port}" in _problem(run.said)
        assert not (folder / ".data").exists()

    def test_an_address_that_is_not_this_machines(self, start: Start) -> None:
        run = start("run", "--host", "192.0.2.1")
        assert run.process.wait(180) == 1
        assert "HOST takes an address of this machine" in _problem(run.said)

    def test_a_language_model_that_cannot_be_opened(self, start: Start) -> None:
        run = start("run", CHAT="true", LLM_PROVIDER="openai-like", LLM_MODEL="x")
        assert run.process.wait(180) == 1
        assert _problem(run.said).startswith("LLM_PROVIDER: ")

    @pytest.mark.parametrize("command", ["run", "serve"])
    def test_an_unreachable_redis(self, start: Start, command: str) -> None:
        run = start(command, REDIS_URL="redis://:hunter22@127.0.0.1:1/0")
        assert run.process.wait(180) == 1
        assert _problem(run.said).startswith("Redis at redis://127.0.0.1:1/0 cannot be reached")
        assert "hunter22" not in run.said

    def test_a_folder_in_use(self, start: Start, folder: Path) -> None:
        with DataFolder(_home(folder)).occupied():
            run = start("run", *TINY)
            assert run.process.wait(180) == 1
        assert "another run uses .data/simulated-seoul" in _problem(run.said)
        assert not (_home(folder) / "redis").exists()

    def test_a_wrong_seoul_key(self, start: Start) -> None:
        with seoul_server() as server:
            run = start("run", SEOUL_API_KEY="not-the-right-key", SEOUL_BASE_URL=server.url)
            assert run.process.wait(180) == 1
        assert _problem(run.said).startswith("the seoul feed cannot be used: ")
        assert "not-the-right-key" not in run.said

    def test_a_gbfs_address_where_nothing_answers(self, start: Start) -> None:
        run = start("run", GBFS_URL="http://127.0.0.1:1/gbfs.json")
        assert run.process.wait(180) == 1
        assert _problem(run.said).startswith("the gbfs feed cannot be used: ")

    def test_a_real_feed_cannot_be_hurried(self, start: Start) -> None:
        run = start("run", "--feed", "seoul", "--speed", "10", SEOUL_API_KEY="sample")
        assert run.process.wait(180) == 1
        assert "cannot be hurried" in _problem(run.said)

    def test_a_default_secret_in_production(self, start: Start) -> None:
        given = {"REDIS_URL": "redis://redis:6379/0", "S3_BUCKET": "bikes", "ADMIN_TOKEN": "change-me"}
        run = start("serve", ENVIRONMENT="production", **given)
        assert run.process.wait(180) == 1
        assert "ADMIN_TOKEN must be set in production" in _problem(run.said)
        assert "change-me" not in run.said

    def test_a_bad_setting_is_named(self, start: Start) -> None:
        run = start("run", STALE_AFTER="a while")
        assert run.process.wait(180) == 1
        assert _problem(run.said).startswith("STALE_AFTER: ")


class TestLiveFeed:
    def test_seoul_is_polled_and_served(self, start: Start, folder: Path) -> None:
        with seoul_server(stations=1200) as server:
            run = start("run", SEOUL_API_KEY="sample", SEOUL_BASE_URL=server.url)
            with run.client() as client:
                assert client.get("/api/v1/realtime/stations").json()["system"]["id"] == "seoul-ttareungyi"
                assert "pedalcast_poll_age_seconds" in client.get("/metrics").text
            assert run.stop() == 0
        assert len([path for path in (folder / ".data").iterdir() if path.is_dir()]) == 1


class TestChat:
    def test_a_stop_while_it_warms_up_is_clean_and_the_next_run_goes_on(self, start: Start) -> None:
        for _ in range(2):
            run = start("run", *TINY, CHAT="true")
            run.wait_until_ready()
            assert run.stop() == 0
            assert "Traceback" not in run.said
