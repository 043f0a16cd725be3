import json
import logging

import pytest
import structlog

from pedalcast.kit.logging import HIDDEN, LogRedactor, configure


@pytest.fixture(autouse=True)
def _restore():
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
            ({"bikes": 4}, {"bikes": 4}),
        ],
    )
    def test_hides(self, event, shown):
        assert LogRedactor(["key-1234567"])(None, "info", event) == shown


class TestConfigure:
    def test_production_lines_are_json_with_the_request_id_and_no_secret(self, capsys):
        configure(json=True, secrets=["key-1234567"])
        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger("pedalcast.x").info("polled", url="http://seoul/key-1234567/")
            logging.getLogger("some.library").warning("failed at %s", "http://seoul/key-1234567/")
        first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
        assert (first["event"], first["request_id"], first["level"]) == ("polled", "r-1", "info")
        assert first["url"] == f"http://seoul/{HIDDEN}/"
        assert second["event"] == f"failed at http://seoul/{HIDDEN}/"

    def test_a_traceback_carries_no_secret_either(self, capsys):
        configure(json=True, secrets=["key-1234567"])
        try:
            {}["key-1234567"]
        except KeyError:
            logging.getLogger("some.library").exception("broke")
        line = capsys.readouterr().err
        assert "KeyError" in line
        assert "key-1234567" not in line
