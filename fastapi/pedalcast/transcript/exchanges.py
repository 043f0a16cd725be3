"""A transcript of the chat against a simulated city, with every citation opened and compared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import redis

from collector.clocks import FastClock
from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.chat.chat_state import ChatState
from pedalcast.embedded.local_redis.redis_process import embedded_redis
from pedalcast.settings import Settings
from pedalcast.transcript.questions import QUESTIONS, TranscriptQuestion

START = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)  # six in the morning in the simulated city
POLLS = 29  # of five minutes: the questions are asked during the rush hour
WAIT_S = 180


@dataclass
class Exchange:
    """A question, its answer, and for every quote whether its source says just that."""

    question: str
    answer: dict[str, Any]
    opened: list[tuple[int, str, bool]] = field(default_factory=list)  # number, quote, holds


async def exchanges(folder: Path, questions: Iterable[TranscriptQuestion] = QUESTIONS) -> list[Exchange]:
    """Ask all of them of a service of its own, whose data lie in `folder`."""
    with embedded_redis(folder / "redis") as url:
        now = _publish(url)
        settings = Settings(_env_file=None, redis_url=url, data_dir=folder, rate_limits=False)  # type: ignore[arg-type,call-arg]
        app = create_app(settings, clock=FastClock(now + timedelta(seconds=100), 1.0))
        async with app.router.lifespan_context(app), _client(app) as client:
            await _until_open(client)
            return await _ask_all(client, app.state.chat, questions)


def _publish(url: str) -> datetime:
    """Some hours of the city's morning; the time of the last poll."""
    city = SimulatedCity(seed=7, stations=200, start=START)
    at = START
    with redis.Redis.from_url(url) as client:
        store = SnapshotStore(client)
        for number in range(POLLS):
            at = START + timedelta(minutes=5 * number)
            store.publish(city.fetch(at))
    return at


@asynccontextmanager
async def _client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://transcript") as client:
        yield client


async def _until_open(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(WAIT_S):
        # Asked as any caller would: over the interface there is no event to wait for.
        while (await client.post("/api/v1/chat", json={"question": "안녕"})).status_code == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _ask_all(
    client: httpx.AsyncClient, chat: ChatState, questions: Iterable[TranscriptQuestion]
) -> list[Exchange]:
    exchanges: list[Exchange] = []
    history: list[dict[str, str]] = []
    for asked in questions:
        history = history if asked.follows else []
        body = {"question": asked.text, "chat_history": history}
        answer = (await client.post("/api/v1/chat", json=body)).raise_for_status().json()
        exchanges.append(Exchange(asked.text, answer, [o async for o in _opened(client, chat, answer)]))
        history = [*history, _turn("user", asked.text), _turn("assistant", answer["answer"])]
    return exchanges


def _turn(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


async def _opened(
    client: httpx.AsyncClient, chat: ChatState, answer: dict[str, Any]
) -> AsyncIterator[tuple[int, str, bool]]:
    """Open every source: a document at the quote's offsets, a station at its address."""
    for source in answer["sources"]:
        for quote in source["quotes"]:
            if source["type"] == "station":
                holds = await _station_says(client, source, quote["text"])
            else:
                whole = chat.retrieval.document_text(source["document_id"])
                holds = whole is not None and whole[quote["start"] : quote["end"]] == quote["text"]
            yield source["n"], quote["text"], holds


async def _station_says(client: httpx.AsyncClient, source: dict[str, Any], quote: str) -> bool:
    """Whether the quote is of the source's text, and the counts in it are the station's."""
    station = (await client.get(source["url"])).raise_for_status().json()
    first = source["content"].splitlines()[0]
    counts = str(station["bikes"]) in first and str(station["docks"]) in first
    return quote in source["content"] and counts


def markdown(exchanges: list[Exchange]) -> str:
    """The transcript as a page. Times of answers are left out, so that it changes only when answers do."""
    quotes = [opened for exchange in exchanges for opened in exchange.opened]
    held = sum(holds for _, _, holds in quotes)
    head = [
        "# Twenty questions",
        "",
        "Made by `python -m pedalcast.transcript` against the simulated city, offline: no key, no download, no",
        "language model. Every quote was looked up again in its document, or its station asked again.",
        "",
        f"Questions: {len(exchanges)}. Quotes: {len(quotes)}, of which {held} hold.",
    ]
    return "\n".join([*head, *(line for exchange in exchanges for line in _page(exchange))]) + "\n"


def _page(exchange: Exchange) -> list[str]:
    answer = exchange.answer
    meta = answer["metadata"]
    lines = ["", f"## {exchange.question}", ""]
    if meta["rewritten"]:
        lines += [f"Understood as: {meta['rewritten']}", ""]
    lines += [answer["answer"], "", f"*{meta['rag_type']}, {meta['answered_by']}*"]
    for source in answer["sources"]:
        seen = f", seen {source['observed_at']}" if source["observed_at"] else ""
        lines += ["", f"[{source['n']}] {source['title']} (`{source['chunk_id']}`{seen})", ""]
        lines += [
            f"- {'holds' if holds else 'DOES NOT HOLD'}: “{quote}”"
            for number, quote, holds in exchange.opened
            if number == source["n"]
        ]
    return lines
