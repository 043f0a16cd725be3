"""The events of an answer, for whoever follows it."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio

from pedalcast.chats import answer_stream
from pedalcast.chats.answer_stream import AnswerStream
from pedalcast.chats.endpoints import _events

MESSAGE = 7


def test_a_quiet_stream_beats_until_the_last_event(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_stream, "BLOCK_MS", 20)
    monkeypatch.setattr(answer_stream, "HEARTBEAT_S", 0.04)

    async def followed() -> list[bytes]:
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            stream, sent = AnswerStream(client), list[bytes]()
            await stream.add(MESSAGE, "delta", {"text": "Day"})
            async for piece in _events(stream, MESSAGE, "0"):
                sent.append(piece)
                if len(sent) == 3:  # what was there, and two beats
                    await stream.add(MESSAGE, "done", {})
        return sent

    first, *beats, last = asyncio.run(followed())
    assert b"event: delta" in first
    assert beats == [b": still working\n\n"] * len(beats)
    assert len(beats) >= 2
    assert b"event: done" in last


def test_a_beat_comes_every_fifteen_seconds() -> None:
    assert answer_stream.HEARTBEAT_S == 15
