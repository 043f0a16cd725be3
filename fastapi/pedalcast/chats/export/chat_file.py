"""Writes a kept chat as Markdown or JSON."""

from __future__ import annotations

from pedalcast.chats.models import ChatMessage
from pedalcast.chats.schemas import SessionDetail

_WHO = {"user": "Question", "assistant": "Answer"}


def chat_as_json(detail: SessionDetail) -> str:
    """The same fields as `GET sessions/{id}`."""
    return detail.model_dump_json(indent=2)


def chat_as_markdown(title: str, messages: list[ChatMessage]) -> str:
    """Questions and answers in order, each answer's sources below it."""
    parts = [f"# {_line(title)}"]
    for message in messages:
        parts.append(f"## {_WHO.get(message.role, message.role)}, {message.created_at:%Y-%m-%d %H:%M} UTC")
        parts.append(message.content or f"({message.state})")
        if message.sources:
            parts.append("\n".join(_source(number, source) for number, source in enumerate(message.sources, 1)))
    return "\n\n".join(parts) + "\n"


def _source(number: int, source: dict[str, object]) -> str:
    title, url = _line(str(source.get("title") or "")), source.get("url")
    place = f" <{url}>" if url else ""
    return f"{source.get('n', number)}. {title}{place}: {_line(str(source.get('content') or ''))}"


def _line(text: str) -> str:
    return " ".join(text.split())
