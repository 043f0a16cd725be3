"""Builds kept chats, and cleans them up every hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.bots.service import BotService
from pedalcast.chat.answers.model_choices import choice_names
from pedalcast.chats.answer_runner import AnswerRunner
from pedalcast.chats.answer_stream import AnswerStream
from pedalcast.chats.chat_data import ChatData
from pedalcast.chats.dependencies import Chats
from pedalcast.chats.providers.answer_providers import AnswerProviders, ProviderConfig
from pedalcast.chats.providers.remote_rag import RemoteRag
from pedalcast.chats.service import KeptChatService
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.settings import Settings

CLEAN_EVERY_S = 3600.0
log = structlog.get_logger(__name__)


def build(accounts: Accounts, bots: BotService, retention: timedelta, providers: ProviderConfig) -> Chats:
    """The services, not yet connected; what they keep of a person is exported and deleted with the account."""
    accounts.ownership.add(ChatData())
    service, stream = KeptChatService(accounts.database, retention, now), AnswerStream(accounts.redis)
    answer_providers = AnswerProviders(accounts.database, providers)
    return Chats(service, AnswerRunner(service, stream), stream, answer_providers, bots)


def provider_config(settings: Settings) -> ProviderConfig:
    """Who can answer, as the settings say."""
    url, key = settings.runpod_rag_url, settings.runpod_api_key
    remote = None
    if url is not None:
        secret = None if key is None else key.get_secret_value()
        remote = RemoteRag(url.get_secret_value(), secret, settings.runpod_timeout.total_seconds())
    first = [] if settings.llm_provider is None else [(settings.llm_provider, settings.llm_model or "")]
    models = [*first, *((model.provider, model.model) for model in settings.llm_chain)]
    named = zip(choice_names(models), models, strict=True)
    return ProviderConfig({name: model for name, (_, model) in named}, remote)


@asynccontextmanager
async def start(chats: Chats) -> AsyncIterator[None]:
    """Clean up while the block runs; then end the answers under way, each kept as partial."""
    cleaning = asyncio.create_task(_keep_clean(chats))
    try:
        yield
    finally:
        cleaning.cancel()
        await asyncio.wait({cleaning})
        await chats.runner.close()


async def _keep_clean(chats: Chats) -> None:
    while True:
        try:
            await chats.service.clean()
        except (DatabaseUnavailableError, DBAPIError) as error:
            log.warning("database unavailable, chats not cleaned up", error=type(error).__name__)
        await asyncio.sleep(CLEAN_EVERY_S)
