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


def build(accounts: Accounts, max_nodes: int) -> Bots:
    """The services, for workflows of so many nodes. What they keep of a person is exported, and deleted with them."""
    service = BotService(accounts.database, now, max_nodes)
    service.add(IndexedPart())
    accounts.ownership.add(BotData(service))
    return Bots(service, BotVersionService(accounts.database, now), WorkflowService(service))
