from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from pedalcast.kit.logging import HIDDEN, LONGEST_TEXT, LogRedactor, configure, flush


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, _ = handlers, root.setLevel(level)
    structlog.reset_defaults()


class TestRedactor:
    @pytest.mark.parametrize(
        ("event", "shown"),
        [
            ({"event": "GET http://x/key-1234567/json"}, {"event": f"GET http://x/{HIDDEN}/json"}),
            ({"admin_token": "short"}, {"admin_token": HIDDEN}),
            ({"url": "redis://me:pw@host:1/0"}, {"url": f"redis://me:{HIDDEN}@host:1/0"}),
            ({"error": ValueError("bad key-1234567")}, {"error": f"bad {HIDDEN}"}),
            ({"where": {"path": "/key-1234567"}}, {"where": f"{{'path': '/{HIDDEN}'}}"}),
            ({"url": "redis://me:p@ss:word@host:1/0"}, {"url": f"redis://me:{HIDDEN}@host:1/0"}),
            ({"error": ValueError("Bearer abcd.efgh-1234 refused")}, {"error": f"Bearer {HIDDEN} refused"}),
            (
                {"asked": "GET /x?lang=en&access_token=abcdef&n=1"},
                {"asked": f"GET /x?lang=en&access_token={HIDDEN}&n=1"},
            ),
            (
                {"headers": {"Accept": "*/*", "Authorization": "s3cr3t!"}},
                {"headers": f"{{'Accept': '*/*', 'Authorization': '{HIDDEN}'}}"},
            ),
            ({"headers": [(b"cookie", b"session=abc")]}, {"headers": f"[(b'cookie', b'{HIDDEN}')]"}),
            ({"event": "a token is missing, the password: none"}, {"event": "a token is missing, the password: none"}),
            ({"bikes": 4}, {"bikes": 4}),
        ],
    )
    def test_hides(self, event: dict[str, Any], shown: dict[str, Any]) -> None:
        assert LogRedactor(["key-1234567"])(None, "info", event) == shown

    @pytest.mark.parametrize("before", range(LONGEST_TEXT - 12, LONGEST_TEXT + 1))
    def test_a_secret_where_a_text_is_cut_does_not_show_its_beginning(self, before: int) -> None:
        text = LogRedactor(["key-1234567"]).text("." * before + "key-1234567" + "." * 50)

        assert "key" not in text


class TestConfigure:
    def test_production_lines_are_json_with_request_id_and_no_secret(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(json=True, secrets=["key-1234567"])
        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger("pedalcast.x").info("polled", url="http://seoul/key-1234567/")
            logging.getLogger("some.library").warning("failed at %s", "http://seoul/key-1234567/")
        flush()
        first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
        assert (first["event"], first["request_id"], first["level"]) == ("polled", "r-1", "info")
        assert first["url"] == f"http://seoul/{HIDDEN}/"
        assert second["event"] == f"failed at http://seoul/{HIDDEN}/"

    def test_a_traceback_carries_no_secret_either(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(json=True, secrets=["key-1234567"])
        try:
            {}["key-1234567"]
        except KeyError:
            logging.getLogger("some.library").exception("broke")
        flush()
        line = capsys.readouterr().err
        assert "KeyError" in line
        assert "key-1234567" not in line

    @pytest.mark.parametrize("as_json", [True, False])
    def test_a_traceback_carries_no_locals(self, capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
        configure(json=as_json)
        asked = " ".join(["where", "does", "the", "rider", "live"])

        def broken(question: str) -> int:
            return len(question) // 0

        try:
            broken(asked)
        except ZeroDivisionError:
            structlog.get_logger("pedalcast.x").exception("broke")
            logging.getLogger("some.library").exception("broke, too")
        flush()
        lines = capsys.readouterr().err
        assert lines.count("ZeroDivisionError") == 2
        assert asked not in lines

    def test_a_long_text_is_cut(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(json=True)
        structlog.get_logger("pedalcast.x").warning("refused", body="x" * 3 * LONGEST_TEXT)
        flush()
        line = capsys.readouterr().err
        assert len(line) < LONGEST_TEXT + 500
        assert f"{2 * LONGEST_TEXT} characters more" in line

    def test_a_terminal_that_stands_still_does_not_hold_the_caller(self, monkeypatch: pytest.MonkeyPatch) -> None:
        goes_on = threading.Event()

        class Stuck:
            def write(self, _: str) -> int:
                goes_on.wait(30)
                return 0

            def flush(self) -> None:
                """Nothing to do."""

        monkeypatch.setattr("sys.stderr", Stuck())
        configure(json=True)
        started = time.monotonic()
        for number in range(1000):
            structlog.get_logger("pedalcast.x").warning("line", number=number)
        assert time.monotonic() - started < 20
        assert not goes_on.is_set()
        goes_on.set()
        flush()
