"""A chat that cannot be opened yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import pedalcast.chat.factory  # noqa: F401 - what takes long to load is not waited for in a test
from pedalcast.app import create_app
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.lifespan import ChatStartup, check
from pedalcast.database.lifespan import check as prepare_database
from pedalcast.kit.errors import UnavailableError
from pedalcast.settings import Settings, SettingsError


def said(chat: ChatState) -> str:
    """What it says instead of answering."""
    try:
        return f"{chat.service} answers"
    except UnavailableError as error:
        return error.message


def test_an_article_that_cannot_be_read_is_told_and_tried_again(
    settings: Settings, tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    folder = tmp_path / "help"
    folder.mkdir()
    article = folder / "fares.md"
    article.write_bytes(b"\xff")
    settings = settings.model_copy(update={"chat": True, "help_dir": folder})
    prepare_database(settings)
    state = create_app(settings).state
    startup = ChatStartup(
        state.context, settings, state.chat, state.notices.shown, state.forecasts.chances, retry_s=0.05
    )
    startup.worker.start()
    eventually(lambda: "fares.md: not UTF-8" in said(state.chat))
    article.write_text("# Fares\n\nA ride costs 1,000 won.\n")
    eventually(lambda: state.chat.is_open)
    startup.close()
    assert startup.worker.join(30)


def test_a_model_that_is_not_there_is_told_before_anything_starts(settings: Settings) -> None:
    named = {"chat": True, "llm_provider": "openai-like", "llm_model": "x"}
    with pytest.raises(SettingsError, match="LLM_PROVIDER: "):
        check(settings.model_copy(update=named))
    check(settings.model_copy(update={**named, "chat": False}))
