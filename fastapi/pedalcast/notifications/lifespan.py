"""Builds notifications, and follows their channel while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.kit.broadcaster import Broadcaster
from pedalcast.notifications.notification_data import NotificationData
from pedalcast.notifications.notification_hub import NotificationHub
from pedalcast.notifications.service import NotificationService


def build(accounts: Accounts, events: Broadcaster) -> NotificationService:
    """The service; what it keeps of a person is exported and deleted with the account."""
    accounts.ownership.add(NotificationData())
    return NotificationService(accounts.database, NotificationHub(accounts.redis), events, now)


@asynccontextmanager
async def start(notifications: NotificationService) -> AsyncIterator[None]:
    """Pass wake-ups on while the block runs."""
    following = asyncio.create_task(notifications.hub.run())
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait({following})
