"""A process that is killed between two statements leaves whole turns; another replica goes on with its streams."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pedalcast.accounts.models import User
from pedalcast.chat.schemas import ChatResponse
from pedalcast.chats.schemas import MessageIn
from pedalcast.chats.service import KeptChatService
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import ensure_schema
from pedalcast.settings import Settings
from tests.pedalcast.chats.scripted_answering import ScriptedAnswering
from tests.pedalcast.people_service import PeopleService, Start, bearer, people_service

AT = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
ENDED, KILLED = 0, 9
FRESH = multiprocessing.get_context("forkserver")
FRESH.set_forkserver_preload(["pedalcast.chats.service", "tests.pedalcast.chats.scripted_answering"])


async def keep_one_turn(database: Database) -> None:
    """Store a question, then its answer, as the service does."""
    chats = KeptChatService(database, timedelta(0), lambda: AT)
    turn = await chats.begin("rider", MessageIn(message="헬멧을 꼭 써야 하나요?", session_id=None))
    async for shown in ScriptedAnswering().events(turn.request, "1"):
        if isinstance(shown, ChatResponse):
            await chats.keep_answer(turn, shown)


def killed_before(statement: int, path: Path) -> int:
    """Keep a turn in a process that dies before its n-th statement or commit; how the process ended.

    The processes come from one without threads: a fork of this one could wait for ever for a lock of another thread.
    """
    process = FRESH.Process(target=_run, args=(statement, path))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _run(statement: int, path: Path) -> None:
    async def scene() -> None:
        database, count = Database(parse_address(f"sqlite:///{path}")), 0

        def tick(*_: Any) -> None:
            nonlocal count
            count += 1
            if count == statement:
                os._exit(KILLED)

        event.listen(database.engine.sync_engine, "before_cursor_execute", tick)
        event.listen(database.engine.sync_engine, "commit", tick)
        await keep_one_turn(database)
        await database.close()

    asyncio.run(scene())
    os._exit(ENDED)


def test_killed_anywhere_a_turn_is_whole_or_not_there(tmp_path: Path) -> None:
    path, statement = tmp_path / "chats.db", 0
    asyncio.run(_prepare(path))
    while True:
        statement += 1
        ended = killed_before(statement, path)
        with sqlite3.connect(path) as database:
            turns = database.execute(
                "SELECT s.title, q.content, a.state, a.content, json_array_length(a.sources), l.question, l.tokens "
                "FROM chat_sessions s LEFT JOIN chat_messages q ON q.session_id = s.id AND q.role = 'user' "
                "LEFT JOIN chat_messages a ON a.session_id = s.id AND a.role = 'assistant' "
                "LEFT JOIN search_log l ON 1 = 1"
            ).fetchall()
            for table in ("chat_messages", "chat_sessions", "search_log"):
                database.execute(f"DELETE FROM {table}")
        database.close()
        question = "헬멧을 꼭 써야 하나요?"
        asked = (question, question, "pending", "", 0, None, None)
        answered = (question, question, "complete", f"답: {question} [1]", 1, question, 12)
        assert turns in ([], [asked], [answered]), statement
        if ended == ENDED:
            assert turns == [answered]
            break
    assert statement > 8  # a question and an answer take more statements than that


async def _prepare(path: Path) -> None:
    database = Database(parse_address(f"sqlite:///{path}"))
    await ensure_schema(database, migrate=True)
    async with database.transaction() as session:
        session.add(User(id="rider", kind="member", preferences={}, created_at=AT))
    await database.close()


@pytest.mark.parametrize("seen", [0, 2])
def test_another_replica_goes_on_with_a_stream(
    settings: Settings, start_service: Start, answering: ScriptedAnswering, seen: int
) -> None:
    answering.pause = 0.2
    words = " ".join(f"말{number}" for number in range(12))
    with (
        people_service(settings, start_service, answering) as first,
        people_service(settings, start_service, ScriptedAnswering()) as second,
    ):
        token = first.guest()[1]
        headers = bearer(token) | {"Accept": "text/event-stream"}
        with first.client.stream("POST", "/api/v1/chatbot/chat/", json={"message": words}, headers=headers) as begun:
            ids = [line[4:] for line in _lines(begun.iter_lines(), seen)]
        message_id = _pending(second, token)
        resumed = second.client.get(
            f"/api/v1/chatbot/messages/{message_id}/events",
            headers=bearer(token) | ({"Last-Event-ID": ids[-1]} if ids else {}),
        ).text
        names = [line[7:] for line in resumed.splitlines() if line.startswith("event: ")]
        assert names == [*["start", *["token"] * 12, "sources", "done"][seen:]]


def _lines(lines: Any, count: int) -> list[str]:
    """The first so many lines with an id."""
    ids: list[str] = []
    while len(ids) < count:
        line = next(lines)
        if line.startswith("id: "):
            ids.append(line)
    return ids


def _pending(service: PeopleService, token: str) -> int:
    [session] = service.get("/api/v1/chatbot/sessions", token).json()["data"]
    detail = service.get(f"/api/v1/chatbot/sessions/{session['id']}", token).json()["data"]
    return int(detail["messages"][1]["id"])
