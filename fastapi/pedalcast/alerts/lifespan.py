"""Judges the rules at every new run while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import DBAPIError

from pedalcast.alerts.service import AlertService
from pedalcast.database.errors import DatabaseUnavailableError

LOOK_S = 2.0  # how soon a new run is noticed
log = structlog.get_logger(__name__)


@asynccontextmanager
async def start(alerts: AlertService, *, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Judge while the block runs."""
    judging = asyncio.create_task(_keep_judging(alerts, look_s))
    try:
        yield
    finally:
        judging.cancel()
        await asyncio.wait({judging})


async def _keep_judging(alerts: AlertService, look_s: float) -> None:
    judged: str | None = None
    while True:
        run_id = alerts.run_id
        if run_id != judged:
            try:
                await alerts.judge_all()
                judged = run_id
            except (DatabaseUnavailableError, DBAPIError) as error:
                log.warning("database unavailable, alerts not judged", error=type(error).__name__)
            except Exception:
                log.exception("alerts not judged", run=run_id)
                judged = run_id
        await asyncio.sleep(look_s)
