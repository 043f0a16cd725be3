"""Builds notices, and keeps those shown here up to date with what other replicas publish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import structlog
from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.notices.schemas import NoticeView
from pedalcast.notices.service import NoticeService

REFRESH_S = 10.0
LOOK_S = 1.0
log = structlog.get_logger(__name__)


def build(accounts: Accounts) -> NoticeService:
    """The service, which shows nothing yet."""
    return NoticeService(accounts.database, now)


@asynccontextmanager
async def start(notices: NoticeService, events: Broadcaster) -> AsyncIterator[None]:
    """Show what the database has, and follow it while the block runs; each change is an event `notices`."""
    await notices.refresh()
    refreshing = asyncio.create_task(_keep_fresh(notices))
    telling = asyncio.create_task(_tell_changes(notices, events))
    try:
        yield
    finally:
        refreshing.cancel()
        telling.cancel()
        await asyncio.wait({refreshing, telling})


async def _keep_fresh(notices: NoticeService) -> None:
    while True:
        await asyncio.sleep(REFRESH_S)
        try:
            await notices.refresh()
        except (DatabaseUnavailableError, DBAPIError) as error:
            log.warning("database unavailable, notices not refreshed", error=type(error).__name__)


async def _tell_changes(notices: NoticeService, events: Broadcaster) -> None:
    """A notice also comes into force and ends by the clock; one published and removed between two looks is told of."""
    before: tuple[int, tuple[NoticeView, ...]] = (0, ())
    while True:
        current = notices.shown.current()
        if (notices.shown.version, current) != before:
            body = orjson.dumps({"notices": len(current), "url": "/api/v1/notices"}).decode()
            events.publish("notices", f"notices-{int(now().timestamp() * 1000)}", body)
            before = notices.shown.version, current
        await asyncio.sleep(LOOK_S)
