"""Kept chats on PostgreSQL, signing in with known and unknown addresses, and what counting requests costs."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import redis
from sqlalchemy import insert

from bench.sample_data.synthetic_city import SyntheticCity
from bench.suites.serving import ALL, STATIONS, first_window
from bench.support import measure
from bench.support.database_servers import postgres_binaries, postgres_server
from bench.support.http_client import Client, get, header
from bench.support.measurement_report import Report, at_most
from bench.support.servers import redis_server, service, wait_until
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.chats.models import ChatMessage, ChatSession
from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.tables import BaseModel

SESSIONS, MESSAGES = 200, 100
TRIES = 200  # of signing in, half of them with an address that has no account
READS = 100
ROUNDS = 9
OFF = {"CHAT": "false", "GENERAL_MODEL": "false", "RETRAIN_EVERY": "PT0S", "GUARD_EVERY": "PT0S"}
COUNTED = {"RATE_LIMITS": "true", "RATE_LIMIT": "1000000000/minute"}
ACCOUNT = {"email": "rider@example.org", "password": "three wheels are one too many", "username": "rider"}
SESSIONS_PATH = "/api/v1/chatbot/sessions"


def run(report: Report) -> None:
    """Measure services that are processes of their own."""
    report.note(f"{SESSIONS} chats of {MESSAGES} messages on PostgreSQL; {TRIES} sign-ins; {STATIONS:,} stations")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, redis_server() as url:
        _people(report, url, Path(folder))
        _counting(report, url, Path(folder))


def _people(report: Report, url: str, folder: Path) -> None:
    binaries = postgres_binaries()
    if binaries is None:
        report.note("no PostgreSQL here: chats and sign-ins are not measured")
        return
    with (
        postgres_server(binaries) as database_url,
        service(url, folder / "people", DATABASE_URL=database_url, **OFF) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as web,
    ):
        wait_until(lambda: web.get("/health").status_code == 200, 120)
        web.post("/api/v1/auth/register", json=ACCOUNT).raise_for_status()
        headers = {"Authorization": f"Bearer {web.post('/api/v1/auth/login', json=ACCOUNT).json()['access']}"}
        user_id = web.get("/api/v1/auth/me", headers=headers).json()["user"]["id"]
        ids = asyncio.run(_fill(database_url, user_id))
        for name, paths in (
            ("chats_list", [f"{SESSIONS_PATH}?limit=50&offset={50 * (n % 4)}" for n in range(READS)]),
            ("chats_list_all", [f"{SESSIONS_PATH}?limit=200"] * READS),
            ("chats_open", [f"{SESSIONS_PATH}/{ids[n % len(ids)]}" for n in range(READS)]),
        ):
            seconds = [_seconds(lambda path=path: web.get(path, headers=headers)) for path in paths]
            report.add(f"{name}_p95_ms", 1e3 * measure.percentile(seconds, 95), at_most(50))
        _sign_ins(report, web)


def _seconds(ask: object) -> float:
    started = time.perf_counter()
    ask().raise_for_status()  # type: ignore[operator]
    return time.perf_counter() - started


async def _fill(url: str, user_id: str) -> list[int]:
    """Chats of the user, each with its messages; their ids."""
    database, at = Database(parse_address(url)), datetime.now(UTC)
    assert "users" in BaseModel.metadata.tables  # which the chats refer to
    text = "A day pass costs 5,000 won and is good for 24 hours from the first rental. [1] " * 4
    async with database.transaction() as session:
        chats = [
            ChatSession(user_id=user_id, title=f"Chat {n}", created_at=at, updated_at=at + timedelta(seconds=n))
            for n in range(SESSIONS)
        ]
        session.add_all(chats)
        await session.flush()
        ids = [chat.id for chat in chats]
        source = {"n": 1, "title": "Passes", "content": text, "url": None, "score": 0.9}
        rows: list[dict[str, object]] = [
            {"session_id": chat_id, "role": ("user", "assistant")[n % 2], "content": text, "state": "complete",
             "sources": [source] * (n % 2), "details": {}, "created_at": at}
            for chat_id in ids for n in range(MESSAGES)
        ]  # fmt: skip
        await session.execute(insert(ChatMessage), rows)
    await database.close()
    return ids


def _sign_ins(report: Report, web: httpx.Client) -> None:
    """A known address with a wrong password, and an unknown one, in turn."""
    seconds: dict[str, list[float]] = {"rider@example.org": [], "nobody@example.org": []}
    for number in range(TRIES):
        email = list(seconds)[number % 2]
        started = time.perf_counter()
        answer = web.post("/api/v1/auth/login", json={"email": email, "password": "two wheels are just right"})
        seconds[email].append(time.perf_counter() - started)
        if answer.status_code != 401:
            raise RuntimeError(f"signing in answers {answer.status_code}")
    known, unknown = (statistics.median(each) for each in seconds.values())
    report.add("sign_in_known_ms", 1e3 * known)
    report.add("sign_in_difference", abs(known / unknown - 1), at_most(0.05))


@dataclass(frozen=True, slots=True)
class _Counted:
    """The same service twice: one counts requests, one does not."""

    free: Client
    counted: Client


def _counting(report: Report, url: str, folder: Path) -> None:
    with _both(url, folder) as both:
        tag = header(both.free.once(get(ALL))[1], "etag")
        samples = measure.in_turn(
            {
                "bulk_free": lambda: both.free.seconds_each(get(ALL), 200),
                "bulk_counted": lambda: both.counted.seconds_each(get(ALL), 200),
                "known_free": lambda: both.free.seconds_each(get(ALL, If_None_Match=tag), 1000, status=304),
                "known_counted": lambda: both.counted.seconds_each(get(ALL, If_None_Match=tag), 1000, status=304),
            },
            ROUNDS,
        )
    for name in ("bulk", "known"):
        cost = measure.ratio(samples[f"{name}_counted"], samples[f"{name}_free"]) - 1
        report.add(f"counting_{name}_cost", cost, at_most(0.1))


@contextmanager
def _both(url: str, folder: Path) -> Iterator[_Counted]:
    with ExitStack() as stack:
        client = stack.enter_context(redis.Redis.from_url(url))
        store, city = SnapshotStore(client), SyntheticCity.of(STATIONS, 2, start=first_window())
        ports = [
            stack.enter_context(service(url, folder / name, **OFF, **settings))
            for name, settings in (("free", {}), ("counted", COUNTED))
        ]
        free, counted = (stack.enter_context(Client(port)) for port in ports)
        store.publish(city.snapshot(0))
        for web in (free, counted):
            wait_until(lambda web=web: web.once(get(ALL))[0] == 200, 120)  # type: ignore[misc]
        yield _Counted(free, counted)
