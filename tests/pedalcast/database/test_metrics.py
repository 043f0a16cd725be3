"""The pool in figures: connections in use, open, and requests that wait for one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from prometheus_client import CollectorRegistry

from pedalcast.database.address import parse_address
from pedalcast.database.engine import Database
from pedalcast.database.metrics import register_pool_metrics

SIZE = 15  # connections of SQLite's pool: five, and ten more under load


def test_connections_in_use_and_requests_waiting(tmp_path: Path) -> None:
    asyncio.run(_measure(Database(parse_address(f"sqlite:///{tmp_path / 'p.db'}"))))


async def _measure(database: Database) -> None:
    registry = CollectorRegistry()
    register_pool_metrics(database, registry)

    def figures() -> tuple[float | None, float | None]:
        names = "connections_in_use", "waiting"
        return tuple(registry.get_sample_value(f"pedalcast_database_{name}") for name in names)  # type: ignore[return-value]

    assert figures() == (0, 0)
    async with AsyncExitStack() as stack:
        for _ in range(SIZE):
            await stack.enter_async_context(database.reading())
        assert figures() == (SIZE, 0)
        late = asyncio.create_task(database.problem())
        while figures() != (SIZE, 1):  # noqa: ASYNC110 (a gauge tells nobody)
            await asyncio.sleep(0.01)
    assert await late is None
    assert figures() == (0, 0)
    await database.close()
