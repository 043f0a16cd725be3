"""The earlier messages of a conversation, taken from clients that send all they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_TURNS = 50
MAX_HISTORY = 40_000  # characters of all turns
_TEXT_FIELDS = ("content", "text", "message")


def last_turns(turns: Any) -> Any:
    """The last messages of user and assistant that fit `MAX_TURNS` and `MAX_HISTORY`, oldest first.

    None is no history; messages of other roles and without text are left out; content in parts is joined. What is no
    list of objects is returned as it is, to be refused.
    """
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(isinstance(turn, Mapping) for turn in turns):
        return turns
    fitting: list[dict[str, str]] = []
    room = MAX_HISTORY
    for turn in reversed(turns):
        text = _text(next((turn[field] for field in _TEXT_FIELDS if turn.get(field) is not None), None))
        if turn.get("role") not in {"user", "assistant"} or not text:
            continue
        if len(text) > room or len(fitting) == MAX_TURNS:
            break
        room -= len(text)
        fitting.append({"role": turn["role"], "content": text})
    return fitting[::-1]


def _text(content: Any) -> str:
    """The text of a message: a string, or the texts of its parts; what is no text says nothing."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part if isinstance(part, str) else part.get("text") for part in parts if isinstance(part, str | Mapping)]
    return " ".join(text for text in texts if isinstance(text, str))
