"""Starts the chat in the background: import the chat service, index the help, then open."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.kit.runtime.background_worker import FINISHED, BackgroundWorker, Backoff
from pedalcast.kit.runtime.gc_tuning import freeze_loaded_objects
from pedalcast.knowledge.articles import ArticleError
from pedalcast.rag.storage.vectors.folder_lock import FolderLock, VectorFolderTakenError
from pedalcast.settings import SettingsError

if TYPE_CHECKING:
    from pedalcast.chat.factory import ChatFactory
    from pedalcast.chat.repository import ChancesOf
    from pedalcast.kit.context import AppContext
    from pedalcast.notices.shown_notices import ShownNotices
    from pedalcast.settings import Settings

THREAD = "chat-startup"
RETRY_S = 30.0  # between two attempts to open: an article may be repaired, a vector store reachable again
PATIENCE_S = 2.0  # how long shutdown waits for a step that cannot be interrupted, such as an import
log = structlog.get_logger(__name__)
BUILT_IN = ("e5", "minilm")  # the embedding models that cannot be missing, ko and en


@asynccontextmanager
async def start(
    context: AppContext, settings: Settings, chat: ChatState, notices: ShownNotices, chances: ChancesOf
) -> AsyncIterator[None]:
    """Open the chat in the background; it tells of `notices`, and how likely several bikes are by `chances`.

    Raises `SettingsError` when a model that is set cannot be opened.
    """
    if not settings.chat:
        chat.fail("The chat is switched off here.")
        yield
        return
    check(settings)
    startup = ChatStartup(context, settings, chat, notices, chances)
    context.workers.start(startup.worker)
    try:
        yield
    finally:
        if chat.is_open:
            await chat.service.aclose()
        await asyncio.to_thread(startup.close)


def check(settings: Settings) -> None:
    """Raises `SettingsError` for a model that cannot be opened, or for vectors that another process has open.

    With the built-in models nothing is loaded.
    """
    chosen = settings.llm_provider is not None or (settings.embeddings_ko, settings.embeddings_en) != BUILT_IN
    if settings.chat and chosen:
        _module().check(settings)
    if settings.chat and settings.vector_store == "qdrant" and not settings.qdrant_url:
        try:
            FolderLock(settings.data_dir / "rag" / "vectors").release()
        except VectorFolderTakenError as error:
            raise SettingsError(str(error)) from error


class ChatStartup:
    """The worker that opens the chat, and the index it opened."""

    def __init__(
        self,
        context: AppContext,
        settings: Settings,
        chat: ChatState,
        notices: ShownNotices,
        chances: ChancesOf,
        *,
        retry_s: float = RETRY_S,
    ) -> None:
        self._chances = chances
        self._notices = notices
        self._context = context
        self._settings = settings
        self._chat = chat
        self._metrics = ChatMetrics(context.metrics, lambda: chat.is_open)
        self._factory: ChatFactory | None = None
        self._closing = threading.Lock()
        self.worker = BackgroundWorker(
            THREAD,
            self._open,
            late_after_s=math.inf,
            backoff=Backoff(retry_s, retry_s),
            expected=(ArticleError,),
            on_failure=self._fail,
            on_stop=self._release,
            background=False,
        )

    def close(self) -> None:
        """Stop and release the index. The thread ends between two steps; one that takes longer than `PATIENCE_S` is
        left to itself, and releases the index when it is done."""
        if self.worker.stop(PATIENCE_S):
            self._release()

    def _release(self) -> None:
        with self._closing:
            if self._factory is not None:
                self._factory.close()
                self._factory = None

    def _open(self) -> str | None:
        """Import what answers, bring the index up to date, open the chat; `FINISHED` when it is open."""
        self._release()
        module = _module()
        if self.worker.stopping.is_set():
            return None
        factory = self._factory = module.ChatFactory(
            self._context, self._settings, self._metrics, self._notices, self._chances, self.worker.stopping
        )
        service = factory.open()
        if service is None:
            return None
        self._chat.open(service)
        log.info("chat open")
        freeze_loaded_objects()
        return FINISHED

    def _fail(self, error: Exception) -> None:
        reason = str(error) if isinstance(error, ArticleError) else "see the service's log"
        self._chat.fail(f"The chat is out of order: {reason}.")


def _module() -> _Module:
    """`pedalcast.chat.factory`, imported on first use: that takes seconds."""
    return import_module("pedalcast.chat.factory")  # type: ignore[return-value]


if TYPE_CHECKING:

    class _Module:
        ChatFactory: type[ChatFactory]
        check: Callable[[object], None]
