"""Two hundred bots in one index, each with the same sentence and another number: nobody gets another's.

Through postings and vectors, the cache, the search log and the export.
"""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, insert

from collector.clocks import SystemClock
from pedalcast.app import create_app
from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.models import Bot, BotVersion, new_bot_id
from pedalcast.chat.answers.answer_cache import AnswerCache
from pedalcast.chat.answers.model_choices import QUOTES
from pedalcast.chat.config import rag_config
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.chat.service import ChatService
from pedalcast.kit.redis_connection import connect_async
from pedalcast.rag.answer.answer_types import AnswerComponents, StageLimits
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.retrieval.candidates import chunk_of
from pedalcast.rag.types import Document, IngestReport
from pedalcast.settings import Settings
from tests.pedalcast.people_service import PASSWORD, bearer

BOTS = 200
ASKED = 12  # of each member, over HTTP
PATIENT = StageLimits(route=60, rewrite=60, documents=60, live=60)
QUESTION = "What is the access code of the depot?"
CODE = re.compile(r"(?<![\w.])7\d{4}\b")  # not the decimals of a score


def code(number: int) -> str:
    """What only one bot's documents have."""
    return str(70_000 + number)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A service with two members who own a hundred bots each; `ids` by number, even ones the first's."""

    client: httpx.Client
    tokens: tuple[str, str]
    ids: list[str]
    pipeline: RetrievalPipeline

    def ask(self, number: int, *, whose: int | None = None) -> httpx.Response:
        """Ask a bot without keeping it, as its owner or as another."""
        token = self.tokens[number % 2 if whose is None else whose]
        body = {"question": QUESTION, "bot_id": self.ids[number]}
        return self.client.post("/api/v1/chat", json=body, headers=bearer(token))

    def keep(self, number: int) -> httpx.Response:
        """Ask a bot in a kept chat, as its owner."""
        body = {"message": QUESTION, "bot_id": self.ids[number]}
        return self.client.post("/api/v1/chatbot/chat", json=body, headers=bearer(self.tokens[number % 2]))


@pytest.fixture(scope="module")
def crowd(
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    start_service: Callable[[FastAPI], AbstractContextManager[httpx.Client]],
) -> Iterator[Crowd]:
    """Open the service and its chat over one index with every bot's documents."""
    folder = tmp_path_factory.mktemp("crowd")
    url = redis_url.replace("db=0", "db=4")
    settings = Settings(
        _env_file=None, redis_url=url, data_dir=folder, admin_token="a-token-of-the-tests", chat=False,
        rate_limits=False, general_model=False,
    )  # fmt: skip
    app, pipeline = create_app(settings), RetrievalPipeline(rag_config(settings))
    cache = AnswerCache(
        connect_async(url, socket_timeout=5.0, socket_connect_timeout=5.0), timedelta(hours=1),
        lambda bot: str(pipeline.index.version(bot)), QUOTES,
    )  # fmt: skip
    parts, metrics = AnswerComponents(pipeline, limits=PATIENT), ChatMetrics(CollectorRegistry(), lambda: True)
    chat = ChatService(parts, metrics, SystemClock(), cache=cache)
    service_lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def with_chat(app: FastAPI) -> AsyncIterator[Any]:
        async with service_lifespan(app) as state:
            app.state.chat.open(chat)
            yield state
            await chat.aclose()

    app.router.lifespan_context = with_chat
    with start_service(app) as client:
        client.timeout = httpx.Timeout(120)
        tokens = _member(client, "first"), _member(client, "second")
        ids = _bots(folder, [_user_id(client, token) for token in tokens])
        _fill(pipeline, ids)
        yield Crowd(client, tokens, ids, pipeline)
    pipeline.close()


def _member(client: httpx.Client, name: str) -> str:
    body = {"email": f"{name}@example.org", "password": PASSWORD, "username": name}
    assert client.post("/api/v1/auth/register", json=body).status_code == 201
    answer = client.post("/api/v1/auth/login/", json={"username": name, "password": PASSWORD})
    return str(answer.json()["access"])


def _user_id(client: httpx.Client, token: str) -> str:
    return str(client.get("/api/v1/auth/me", headers=bearer(token)).json()["user"]["id"])


def _bots(folder: Path, owners: list[str]) -> list[str]:
    """The ids of two hundred private bots; one INSERT is faster than as many requests."""
    now, ids = SystemClock().now(), [new_bot_id() for _ in range(BOTS)]
    settings = BotSettings(name="Depot").model_dump()
    times = {"created_at": now, "updated_at": now}
    bots = [
        {"id": bot, "user_id": owners[number % 2], "visibility": "private", "published": 1, "latest": 1,
         "widget_origins": [], **times}
        for number, bot in enumerate(ids)
    ]  # fmt: skip
    versions = [
        {"bot_id": bot, "number": 1, "settings": settings, "author_id": owners[number % 2], "created_at": now}
        for number, bot in enumerate(ids)
    ]
    engine = create_engine(f"sqlite:///{folder / 'pedalcast.db'}")
    with engine.begin() as connection:
        connection.execute(insert(Bot), bots)
        connection.execute(insert(BotVersion), versions)
    engine.dispose()
    return ids


def _fill(pipeline: RetrievalPipeline, ids: list[str]) -> None:
    """Write every bot's documents, then embed all of them at once."""
    report = IngestReport()
    for number, bot in enumerate(ids):
        text = f"The access code of the depot is {code(number)}. Nobody else may know it."
        pipeline.index.write(Document("depot", "Depot", text), bot, report)
    pipeline.index.embed()


def codes(text: str) -> set[str]:
    return set(CODE.findall(text))


@pytest.mark.parametrize("leg", ["bm25", "dense"])
def test_each_leg_by_itself_stays_within_its_bot(crowd: Crowd, leg: str) -> None:
    for number, bot in enumerate(crowd.ids):
        ready = crowd.pipeline.preparer.prepare(QUESTION, "en", bot)
        nodes = crowd.pipeline.searching.legs(ready, {})[leg]()
        assert codes(" ".join(chunk_of(node).text for node in nodes)) == {code(number)}, number


def test_askers_at_the_same_moment_get_their_own(crowd: Crowd) -> None:
    numbers = range(2 * ASKED)
    together = threading.Barrier(4)

    def ask(number: int) -> list[httpx.Response]:
        if number < 4:
            together.wait(60)  # the first four, of both members, begin at once
        return [crowd.ask(number), crowd.ask(number), crowd.keep(number)]

    with ThreadPoolExecutor(4) as askers:
        answers = list(askers.map(ask, numbers))
    for number, (first, again, kept) in zip(numbers, answers, strict=True):
        for answer in (first, again, kept):
            assert answer.status_code == 200, answer.text
            assert codes(answer.text) == {code(number)}
        metadata: dict[str, Any] = again.json()["metadata"]
        assert (metadata["bot_id"], metadata["cached"]) == (crowd.ids[number], True)


def test_another_s_bot_is_not_there(crowd: Crowd) -> None:
    assert crowd.ask(0).status_code == 200
    for refused in (crowd.ask(0, whose=1), crowd.client.post(
        "/api/v1/chat", json={"question": QUESTION, "bot_id": crowd.ids[0]}
    )):  # fmt: skip
        assert (refused.status_code, refused.json()["error"]) == (404, "bot_not_found")
    assert crowd.client.post("/api/v1/chat", json={"question": QUESTION}).json()["answer"].find("70000") == -1


def test_log_and_export_hold_what_was_asked_of_one_s_own_bots(crowd: Crowd) -> None:
    for number in range(4):
        assert crowd.keep(number).status_code == 200
    for whose, token in enumerate(crowd.tokens):
        archive = zipfile.ZipFile(io.BytesIO(crowd.client.get("/api/v1/auth/export", headers=bearer(token)).content))
        own = {code(number) for number in range(whose, BOTS, 2)}
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert codes(texts["bot_documents.json"]) == own
        assert codes(texts["chat_messages.json"]) <= own
        asked = set(re.findall(r'"bot_id": "(\w+)"', texts["search_log.json"]))
        assert asked
        assert asked <= {crowd.ids[number] for number in range(whose, BOTS, 2)}
        assert codes("".join(texts.values())) == own


def test_a_deleted_bot_answers_nobody_any_more(crowd: Crowd) -> None:
    number = BOTS - 1
    assert codes(crowd.ask(number).text) == {code(number)}
    headers = bearer(crowd.tokens[number % 2])
    assert crowd.client.delete(f"/api/v1/bots/{crowd.ids[number]}", headers=headers).status_code == 200
    assert crowd.ask(number).json()["error"] == "bot_not_found"
    nodes, _, _ = crowd.pipeline.searching.ranked(QUESTION, "en", crowd.ids[number])
    assert nodes == []
    assert codes(crowd.ask(number - 2).text) == {code(number - 2)}
