"""The smoke test of a release, against a running service and against none."""

from __future__ import annotations

import pytest
from tools.smoke import SmokeError, check, check_until

from collector.__main__ import main as collector
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import running


def test_a_working_service_passes(settings: Settings, redis_url: str) -> None:
    collector(["poll", "--feed", "simulated", "--redis-url", redis_url])
    app = create_app(settings.model_copy(update={"chat": True}))
    with running(app) as client:
        found = check_until(str(client.base_url).rstrip("/"), 120)

    assert found.startswith("ready, ")
    assert found.endswith(" sources")


def test_a_service_without_a_chat_does_not(settings: Settings, redis_url: str) -> None:
    collector(["poll", "--feed", "simulated", "--redis-url", redis_url])
    with running(create_app(settings)) as client:
        url = str(client.base_url).rstrip("/")
        with pytest.raises(SmokeError, match="chat"):
            check_until(url, 10)


def test_nobody_listening_is_one_line() -> None:
    with pytest.raises(SmokeError, match=r"http://127.0.0.1:9/ready: "):
        check("http://127.0.0.1:9")
