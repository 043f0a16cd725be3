"""Builds bots."""

from __future__ import annotations

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.bots.contents.bot_data import BotData
from pedalcast.bots.contents.indexed_part import IndexedPart
from pedalcast.bots.dependencies import Bots
from pedalcast.bots.service import BotService
from pedalcast.bots.versions.service import BotVersionService
from pedalcast.bots.workflows.service import WorkflowService


def build(accounts: Accounts) -> Bots:
    """The services; what they keep of a person is exported and deleted with the account."""
    service = BotService(accounts.database, now)
    service.add(IndexedPart())
    accounts.ownership.add(BotData(service))
    return Bots(service, BotVersionService(accounts.database, now), WorkflowService(service))
