"""People, bots and documents on a socket, with an index of their own and the service's own worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from collector.clocks import SystemClock
from pedalcast.app import build_context
from pedalcast.chat.answers.version_board import RedisVersionBoard
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.config import rag_config
from pedalcast.documents import endpoints, lifespan
from pedalcast.documents.intake import endpoints as addresses
from pedalcast.documents.pictures import endpoints as pictures
from pedalcast.kit import errors, readiness
from pedalcast.kit.web.request_context import RequestContext
from pedalcast.kit.web.request_limits import BodyLimits, RequestLimits
from pedalcast.people import build_people, install_people
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.settings import Settings
from tests.pedalcast.people_service import PeopleService, bearer

Start = Callable[[FastAPI], AbstractContextManager[httpx.Client]]


@dataclass(frozen=True, slots=True)
class DocumentClient:
    """Somebody with a bot, and the service's insides."""

    service: PeopleService
    retrieval: RetrievalPipeline
    runtime: lifespan.DocumentsRuntime
    token: str
    bot_id: str

    def upload(self, name: str, content: bytes, token: str | None = None, **query: str) -> httpx.Response:
        """The answer to an upload."""
        params = {"bot_id": self.bot_id} | query
        files = {"file": (name, content)}
        return self.service.client.post(
            "/api/v1/documents/upload/", params=params, files=files, headers=bearer(token or self.token)
        )

    def call(self, method: str, path: str = "", token: str | None = None, **params: Any) -> httpx.Response:
        """The answer to a request below `/api/v1/documents`."""
        return self.service.client.request(
            method, f"/api/v1/documents{path}", params=params, headers=bearer(token or self.token)
        )

    def state(self, document_id: str) -> str:
        """The document's state, "deleted" where there is none any more."""
        response = self.call("GET", f"/{document_id}")
        return "deleted" if response.status_code == 410 else str(response.json()["state"])

    def answers(self, question: str, lang: str = "en", bot_id: str | None = None) -> set[str]:
        """The documents that a question is answered from."""
        found = self.retrieval.search(question, lang=lang, bot_id=bot_id or self.bot_id)
        return {passage.document_id for passage in found.passages}


@contextmanager
def document_service(
    settings: Settings, start: Start, models: Path, of: DocumentClient | None = None
) -> Iterator[DocumentClient]:
    """Run it until the block ends; with `of`, another replica for the same person and bot."""
    context = build_context(settings, SystemClock())
    people = build_people(settings, context.redis_url, context.metrics, events=context.events)
    chat = ChatState()
    runtime = lifespan.build(context, settings, people.accounts, people.bots.service, chat)
    retrieval: list[RetrievalPipeline] = []

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        with context.workers.running():
            async with people.start():
                config = replace(rag_config(settings), models_dir=models, leg_timeout=60.0)
                retrieval.append(RetrievalPipeline(config, RedisVersionBoard(context.redis)))
                chat.open(SimpleNamespace(retrieval=retrieval[0]))  # type: ignore[arg-type] # all that is asked of it
                async with runtime.start():
                    yield
                retrieval[0].close()

    app = FastAPI(lifespan=running)
    errors.install(app)
    app.include_router(readiness.router)
    app.include_router(addresses.router)
    app.include_router(pictures.router)
    app.include_router(endpoints.router)
    install_people(app, people)
    limit = BodyLimits(streamed={endpoints.UPLOAD_PATH: (settings.document_max_mb << 20) + 65536})
    app.add_middleware(RequestLimits, limits=limit)
    app.add_middleware(RequestContext)
    app.state.context, app.state.chat, app.state.documents = context, chat, runtime.documents
    with start(app) as client:
        service = PeopleService(client, people, context.metrics)
        if of is None:
            yield _owner(service, retrieval[0], runtime)
        else:
            yield replace(of, service=service, retrieval=retrieval[0], runtime=runtime)


def _owner(service: PeopleService, retrieval: RetrievalPipeline, runtime: lifespan.DocumentsRuntime) -> DocumentClient:
    token = service.member("keeper")
    bot = service.post("/api/v1/bots", {"name": "Handbook"}, token)
    assert bot.status_code == 201, bot.text
    body = bot.json()
    return DocumentClient(service, retrieval, runtime, token, str(body.get("id") or body["data"]["id"]))
