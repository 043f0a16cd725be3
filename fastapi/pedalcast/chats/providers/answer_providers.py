"""Which providers there are, which one somebody has chosen, and what answers for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pedalcast.accounts.models import User
from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.answers.model_choices import QUOTES, chosen_provider
from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.chats.answer_runner import Answering
from pedalcast.chats.providers.remote_rag import RemoteRag
from pedalcast.database.engine import Database
from pedalcast.kit.errors import NotFoundError

if TYPE_CHECKING:
    from pedalcast.chat.service import ChatService

RAG_SERVER = "rag_server"
PREFERENCE = "provider"


class ProviderNotFoundError(NotFoundError):
    """No such provider here."""

    def __init__(self) -> None:
        super().__init__("There is no such provider here.", "provider_not_found")


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """The language models that are set, by the names they are chosen by, and the other RAG server, if any."""

    models: Mapping[str, str] = field(default_factory=dict)
    remote: RemoteRag | None = None


class BotAnswering:
    """The chat's service, answering one asker as one bot."""

    def __init__(self, service: ChatService, bot: AnsweringBot, asker: str) -> None:
        self._asker = asker
        self._service = service
        self._bot = bot

    def events(self, request: ChatRequest, session_id: str) -> AsyncGenerator[Any, None]:
        """What happens on the way, then the whole answer. Raises `UnavailableError`."""
        return self._service.events(request, session_id, self._bot, self._asker)


class AnswerProviders:
    """`extractive` (quotes alone), language models by their names, `rag_server`.

    By default the RAG server answers, else the language models in their order, else quotes.
    """

    def __init__(self, database: Database, config: ProviderConfig) -> None:
        self._database = database
        self._config = config
        self.models: dict[str, str | None] = {QUOTES: None, **config.models}
        if config.remote is not None:
            self.models[RAG_SERVER] = None

    @property
    def default(self) -> str:
        """What answers whoever has not chosen."""
        names = [name for name in self.models if name != QUOTES]
        return RAG_SERVER if RAG_SERVER in names else next(iter(names), QUOTES)

    async def chosen(self, user_id: str) -> str:
        """What answers this user. A choice that is not here any more is the default."""
        if len(self.models) == 1:
            return self.default
        async with self._database.reading() as session:
            user = await session.get(User, user_id)
        name = user.preferences.get(PREFERENCE) if user is not None else None
        return name if name in self.models else self.default

    async def choose(self, user_id: str, name: str) -> None:
        """Let this provider answer them from now on. Raises `ProviderNotFoundError`."""
        if name not in self.models:
            raise ProviderNotFoundError
        async with self._database.transaction() as session:
            user = await session.get(User, user_id)
            if user is not None:
                user.preferences = user.preferences | {PREFERENCE: name}

    async def answering(
        self, user_id: str, chat: ChatState, bot: AnsweringBot, asker: str, asked: str | None = None
    ) -> Answering:
        """What answers this user as this bot: by the bot's provider, else the one `asked` for, else the user's choice.
        It counts to `asker`'s budget.

        The other RAG server has the guide's documents alone. Raises `UnavailableError` while the chat is not open, and
        what `chosen_provider` does.
        """
        name = chosen_provider(asked, bot.provider, self.models) or await self.chosen(user_id)
        if name == RAG_SERVER and bot.id == GUIDE.id and self._config.remote is not None:
            return self._config.remote
        service = chat.service.by_provider(name) if self._config.models else chat.service
        if bot.id == GUIDE.id and not self._config.models:
            return service
        return BotAnswering(service, bot, asker)
