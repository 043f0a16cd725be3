"""The Lambda's zip, run by AWS's own runtime client against a Runtime API on loopback."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from collector.storage.snapshot_store import SnapshotStore
from tests.collector.seoul_server import KEY, seoul_server
from tests.loopback import serving
from tools import lambda_zip

EVENT = {"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "time": "2026-11-20T10:05:00Z"}
RUNTIME_CLIENT = ("awslambdaric", "snapshot-restore-py", "simplejson")
PATIENCE_S = 60


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this environment's libraries."""
    folder = tmp_path_factory.mktemp("package")
    libraries = folder / "libraries"
    lambda_zip.copy_installed(libraries)
    lambda_zip.pack(libraries, folder / "collector.zip")
    return folder


@pytest.fixture(scope="module")
def task_root(package: Path) -> Path:
    """The zip unpacked as Lambda does, with the runtime client beside it: nothing else is importable."""
    root = package / "task"
    with zipfile.ZipFile(package / "collector.zip") as archive:
        archive.extractall(root)
    for name in RUNTIME_CLIENT:
        for file in distribution(name).files or []:
            if file.parts[0] != "..":
                (package / "client" / file).parent.mkdir(parents=True, exist_ok=True)
                (package / "client" / file).write_bytes(Path(str(file.locate())).read_bytes())
    return root


class RuntimeApi:
    """Hands out events one after the other and keeps what comes back: (path's end, body)."""

    def __init__(self) -> None:
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, Any]] = queue.Queue()

    def server(self) -> ThreadingHTTPServer:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                event = json.dumps(api.events.get(timeout=PATIENCE_S)).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x:1:function:collector")
                # The client takes it for granted that trace id and content type are there.
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                api.answers.put((self.path.rsplit("/", 1)[-1], json.loads(body)))

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        return server


@contextmanager
def runtime(task_root: Path, address: str, settings: dict[str, str]) -> Iterator[None]:
    """A container of the function: AWS's runtime client with the zip's contents, and no site-packages."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{task_root}:{task_root.parent / 'client'}",
        "AWS_LAMBDA_RUNTIME_API": address.removeprefix("http://"),
        "AWS_LAMBDA_FUNCTION_NAME": "pedalcast-collector",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        **settings,
    }
    command = [sys.executable, "-S", "-m", "awslambdaric", "collector.handler.handler"]
    with subprocess.Popen(command, cwd=task_root, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


class TestZip:
    def test_same_sources_give_the_same_bytes(self, package: Path, tmp_path: Path) -> None:
        lambda_zip.copy_installed(tmp_path / "libraries")
        lambda_zip.pack(tmp_path / "libraries", tmp_path / "again.zip")

        assert (tmp_path / "again.zip").read_bytes() == (package / "collector.zip").read_bytes()

    def test_is_small(self, package: Path) -> None:
        assert (package / "collector.zip").stat().st_size < lambda_zip.LARGEST

    def test_holds_the_handler_and_no_compiled_leftovers(self, package: Path) -> None:
        names = zipfile.ZipFile(package / "collector.zip").namelist()

        assert "collector/handler.py" in names
        assert [name for name in names if "__pycache__" in name or name.startswith("bin/")] == []

    def test_refuses_a_library_of_another_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lock = tmp_path / "lambda.txt"
        lock.write_text("orjson==0.0.1 \\\n    --hash=sha256:00\n")
        monkeypatch.setattr(lambda_zip, "LOCK", lock)

        with pytest.raises(ValueError, match=r"orjson==0.0.1 is pinned"):
            lambda_zip.copy_installed(tmp_path)


class TestUnderLambdasRuntimeClient:
    def test_polls_publish_and_a_broken_one_fails_alone(self, task_root: Path, redis_client: Redis) -> None:
        path = redis_client.connection_pool.connection_kwargs["path"]
        api = RuntimeApi()
        with seoul_server() as seoul, serving(api.server()) as address:
            settings = {"SEOUL_API_KEY": KEY, "SEOUL_BASE_URL": seoul.url, "REDIS_URL": f"unix://{path}?db=0"}
            with runtime(task_root, address, settings):
                api.events.put(EVENT)
                kind, answer = api.answers.get(timeout=PATIENCE_S)
                assert (kind, answer["status"], answer["stations"]) == ("response", "published", 2740)
                api.events.put(EVENT)
                kind, answer = api.answers.get(timeout=PATIENCE_S)
                assert (kind, answer["status"] in ("duplicate", "published")) == ("response", True)
        assert len(SnapshotStore(redis_client).stations()) == 2740

    def test_redis_gone_is_an_error_of_the_invocation(self, task_root: Path) -> None:
        api = RuntimeApi()
        with serving(api.server()) as address:
            settings = {"FEED": "simulated", "REDIS_URL": "redis://127.0.0.1:9/0"}
            with runtime(task_root, address, settings):
                api.events.put(EVENT)
                kind, answer = api.answers.get(timeout=PATIENCE_S)

        assert (kind, answer["errorType"]) == ("error", "ConnectionError")


def test_import_reaches_for_nothing_outside_the_zip(task_root: Path) -> None:
    """What a cold start imports; printed is the time, which README states for this kind of machine."""
    code = "import sys, time; at = time.perf_counter(); import collector.handler; print(time.perf_counter() - at)"
    environment = {"PYTHONPATH": str(task_root), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-S", "-c", code]

    seconds = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    assert float(seconds) < PATIENCE_S
