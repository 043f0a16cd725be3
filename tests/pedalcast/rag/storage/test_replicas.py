"""Three replicas on one database and one Redis: what one of them writes, all of them answer from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis

from pedalcast.chat.answers.version_board import RedisVersionBoard
from pedalcast.database.address import blocking_address, parse_address
from pedalcast.database.engine import Database
from pedalcast.database.schema_gate import ensure_schema
from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.retrieval.candidates import chunk_of
from pedalcast.rag.types import Document
from tests.database_tables import drop_tables
from tests.pedalcast.rag.storage.vectors.qdrant_server_process import qdrant_server

pytestmark = pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")  # on loopback
BELL = Document("bell", "Bells", "The bell of a folding tandem is tuned to A flat.", lang="en")
QUESTION = "Which note is the bell of a folding tandem tuned to?"
SOON_S = 2.0
BOT = "tandem"
BOTS = 24


@contextmanager
def _migrated(url: str) -> Iterator[str]:
    async def migrate() -> None:
        database = Database(parse_address(url))
        await ensure_schema(database, migrate=True)
        await database.close()

    asyncio.run(drop_tables(url))
    asyncio.run(migrate())
    yield blocking_address(parse_address(url)).render_as_string(hide_password=False)
    asyncio.run(drop_tables(url))


@pytest.fixture(params=["pgvector", "qdrant"])
def replicas(
    request: pytest.FixtureRequest, redis_client: redis.Redis, retrieval: RetrievalPipeline, tmp_path: Path
) -> Iterator[list[RetrievalPipeline]]:
    """Three pipelines that share a database, a vector store and a Redis, and nothing else."""
    with ExitStack() as stack:
        url = stack.enter_context(_migrated(request.getfixturevalue("pgvector_url")))
        server = stack.enter_context(qdrant_server("key")) if request.param == "qdrant" else None
        pipelines = []
        for n in range(3):
            config = RagConfig(
                tmp_path / str(n), models_dir=retrieval.config.data_dir / "models", leg_timeout=60.0,
                database_url=url, vector_store=request.param, qdrant_url=server.url if server else None,
                qdrant_api_key="key",
            )  # fmt: skip
            pipelines.append(RetrievalPipeline(config, RedisVersionBoard(redis_client)))
            stack.callback(pipelines[-1].close)
        yield pipelines


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _documents(replica: RetrievalPipeline, leg: str) -> set[str]:
    found = replica.search(QUESTION, lang="en", bot_id=BOT)
    assert found.notes == ()
    assert leg in found.timings
    return {passage.document_id for passage in found.passages}


def test_what_one_writes_all_answer_from_and_what_one_deletes_is_gone_everywhere(
    replicas: list[RetrievalPipeline],
) -> None:
    for replica in replicas:
        assert replica.search(QUESTION, lang="en", bot_id=BOT).passages == ()
    replicas[0].ingest([BELL], bot_id=BOT)
    for replica in replicas:
        assert _within(SOON_S, lambda replica=replica: _documents(replica, "dense") == {"bell"})  # type: ignore[misc]
        assert replica.index.lexical.bots == [BOT]
    replicas[1].delete("bell", bot_id=BOT)
    for replica in replicas:
        gone = lambda replica=replica: not replica.search(QUESTION, lang="en", bot_id=BOT).passages  # noqa: E731
        assert _within(SOON_S, gone)  # type: ignore[arg-type]
    assert replicas[2].store.count(BOT) == 0
    assert replicas[2].store.removed() == []


def test_two_bots_of_one_collection_know_nothing_of_each_other(replicas: list[RetrievalPipeline]) -> None:
    for n, replica in enumerate(replicas):
        replica.ingest([Document("secret", "Secret", f"The secret word of bot {n} is quince{n}.")], bot_id=f"bot{n}")
    for n, replica in enumerate(replicas):
        asked = (n + 1) % 3
        passages = replica.search(f"What is the secret word quince{n}?", lang="en", bot_id=f"bot{asked}").passages
        assert {(p.bot_id, p.text) for p in passages} == {
            (f"bot{asked}", f"The secret word of bot {asked} is quince{asked}.")
        }


def test_no_leg_of_any_replica_reaches_another_bot(replicas: list[RetrievalPipeline]) -> None:
    bots = [f"depot{n}" for n in range(BOTS)]
    for n, bot in enumerate(bots):
        text = f"The access code of the depot is {70_000 + n}. Nobody else may know it."
        replicas[n % 3].ingest([Document("depot", "Depot", text, lang="en")], bot_id=bot)
    for n, bot in enumerate(bots):
        asked = replicas[(n + 1) % 3]
        ready = asked.preparer.prepare("What is the access code of the depot?", "en", bot)
        legs = asked.searching.legs(ready, {})
        assert {"bm25", "dense"} <= set(legs)
        for leg in ("bm25", "dense"):
            chunks = [chunk_of(node) for node in legs[leg]()]
            assert [(chunk.bot, str(70_000 + n) in chunk.text) for chunk in chunks] == [(bot, True)], leg
    assert replicas[0].delete("depot", bot_id=bots[0])
    for replica in replicas[1:]:
        assert {p.bot_id for p in replica.search("access code", lang="en", bot_id=bots[1]).passages} == {bots[1]}
