"""Makes what answers out of the settings: the index with the help in it, live data, a language model."""

from __future__ import annotations

import threading

from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.history.past_reader import PastReader
from pedalcast.chat.answers.answer_cache import AnswerCache
from pedalcast.chat.answers.article_images import ArticleImages
from pedalcast.chat.answers.model_choices import QUOTES
from pedalcast.chat.answers.version_board import RedisVersionBoard
from pedalcast.chat.budget.token_budget import BudgetLimits, TokenBudget
from pedalcast.chat.config import chain_configs, limits, price_table, rag_config, reasoning_config
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.chat.repository import ArchivedPast, ChancesOf, ClosedStations, RedisLiveData
from pedalcast.chat.service import ChatService
from pedalcast.forecasts.repository import ForecastRepository
from pedalcast.kit.context import AppContext
from pedalcast.kit.redis_connection import connect_async
from pedalcast.notices.shown_notices import ShownNotices
from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.help_index import IndexingStopped, index_help
from pedalcast.rag.live.service import LiveService
from pedalcast.rag.llm import ChatModel, LlmConfig, MissingExtraError, ModelChain, open_model
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.settings import Settings, SettingsError

_WARM_QUESTIONS = (("자전거를 빌리는 방법", "ko"), ("How do I rent a bike?", "en"))


def check(settings: Settings) -> None:
    """Raises `SettingsError` when a model that is set cannot be opened, or lacks something it needs."""
    rag_config(settings)
    price_table(settings)
    build_reasoning_model(settings, build_chat_model(settings))


def build_chat_model(settings: Settings) -> ModelChain | None:
    """The language models that answer, None without one. Raises `SettingsError`."""
    configs = chain_configs(settings)
    models = [_opened(config, "LLM_CHAIN" if place else "LLM_PROVIDER") for place, config in enumerate(configs)]
    return ModelChain(models) if models else None


def build_reasoning_model(settings: Settings, answering: ModelChain | None) -> ModelChain | None:
    """The language model that routes and rewrites, before those that answer; None where these do it all.

    Raises `SettingsError`.
    """
    config = reasoning_config(settings)
    if config is None or answering is None:
        return None
    return ModelChain([_opened(config, "REASONING_PROVIDER"), *answering.members])


def _opened(config: LlmConfig, setting: str) -> ChatModel:
    try:
        return open_model(config)
    except (MissingExtraError, ValueError) as error:
        raise SettingsError(f"{setting}: {error}") from error


class ChatFactory:
    """The index while it is open. `stop` ends the warming early."""

    def __init__(  # noqa: PLR0917 (one caller, in this order)
        self,
        context: AppContext,
        settings: Settings,
        metrics: ChatMetrics,
        notices: ShownNotices,
        chances: ChancesOf,
        stop: threading.Event,
    ) -> None:
        self._chances = chances
        self._notices = notices
        self._context = context
        self._settings = settings
        self._metrics = metrics
        self._stop = stop
        self._retrieval = RetrievalPipeline(rag_config(settings), RedisVersionBoard(context.redis))

    def open(self) -> ChatService | None:
        """Bring the help up to date, then answer; None where it was stopped. Raises `ArticleError`, I/O errors."""
        settings, retrieval = self._settings, self._retrieval
        try:
            index_help(retrieval, settings.help_dir, self._stop)
        except IndexingStopped:
            return None
        for question, lang in _WARM_QUESTIONS:  # the first of each language loads its models
            if self._stop.is_set():
                return None
            retrieval.extract(question, retrieval.search(question, lang=lang).passages)
        live = build_live_service(self._context, settings, self._notices.closed_stations, self._chances)
        model = build_chat_model(settings)
        reasoning = build_reasoning_model(settings, model)
        for member in (reasoning or model or ModelChain(())).members:
            self._metrics.watch(member)
        components = AnswerComponents(
            retrieval,
            live,
            model,
            limits(settings),
            settings.llm_fallback,
            reasoning,
            history_tokens=settings.llm_history_tokens,
            queries=settings.llm_queries,
        )
        return ChatService(
            components,
            self._metrics,
            self._context.clock,
            self._notices.about,
            cache=self._cache(),
            images=ArticleImages(settings.help_dir),
            budget=self._budget(),
            prices=price_table(settings),
        )

    def _cache(self) -> AnswerCache | None:
        """Where answers are kept for `ANSWER_CACHE`, None where they are not."""
        settings = self._settings
        if not settings.answer_cache:
            return None
        client = connect_async(self._context.redis_url, socket_timeout=1.0, socket_connect_timeout=1.0)
        names = [f"{config.provider}/{config.model}" for config in chain_configs(settings)]
        model = names[0] if names else QUOTES  # an answer of another one is not kept
        return AnswerCache(client, settings.answer_cache, self._documents_version, model)

    def _budget(self) -> TokenBudget | None:
        """What counts the language model's tokens, None where they are not limited."""
        settings = self._settings
        limits = BudgetLimits(settings.llm_budget_user, settings.llm_budget_bot, settings.llm_budget_total)
        if not limits.any():
            return None
        client = connect_async(self._context.redis_url, socket_timeout=1.0, socket_connect_timeout=1.0)
        return TokenBudget(client, limits, self._context.clock.now)

    def _documents_version(self, bot: str) -> str:
        """Changes with every document of a bot that is added, changed or removed."""
        return str(self._retrieval.index.version(bot))

    def close(self) -> None:
        """Release the index's files."""
        self._retrieval.close()


def build_live_service(
    context: AppContext, settings: Settings, closed: ClosedStations = frozenset, chances: ChancesOf | None = None
) -> LiveService:
    """Live answers from Redis, of several bikes by the newest run's `chances`, of the past from the history.

    `closed` stations are out of use.
    """
    store, forecasts = SnapshotStore(context.redis), ForecastRepository(context.redis, "")
    data = RedisLiveData(store, forecasts, context.clock, closed, chances)
    past = ArchivedPast(PastReader(History(context.objects)), context.clock)
    return LiveService(data, stale_after=settings.stale_after, read_past=past)
