"""Opens the chat in the background: what answers is imported, the help indexed at first start, then it is open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.kit.runtime.gc_tuning import freeze_loaded_objects
from pedalcast.knowledge.articles import ArticleError

if TYPE_CHECKING:
    from pedalcast.chat.factory import ChatFactory
    from pedalcast.kit.context import AppContext
    from pedalcast.settings import Settings

THREAD = "chat-warming"
RETRY_S = 30.0  # after which opening is tried again: an article is repaired, a vector store is back
PATIENCE_S = 2.0  # how long leaving waits for a step that cannot be cut short: importing what answers takes seconds
log = structlog.get_logger(__name__)
BUILT_IN = ("kiwi", "minilm")  # the embedding models that cannot be missing, ko and en


@asynccontextmanager
async def start(context: AppContext, settings: Settings, chat: ChatState) -> AsyncIterator[None]:
    """Warm up on a thread until left. Raises `SettingsError` when a model that is set cannot be opened."""
    if not settings.chat:
        chat.fail("The chat is switched off here.")
        yield
        return
    check(settings)
    warming = ChatStartup(context, settings, chat)
    warming.thread.start()
    try:
        yield
    finally:
        if chat.is_open:
            await chat.answering.aclose()
        await asyncio.to_thread(warming.close)


def check(settings: Settings) -> None:
    """Raises `SettingsError` for a model that cannot be opened. With the built-in ones nothing is loaded."""
    chosen = settings.llm_provider is not None or (settings.embeddings_ko, settings.embeddings_en) != BUILT_IN
    if settings.chat and chosen:
        _module().check(settings)


class ChatStartup:
    """The thread, and what it opened."""

    def __init__(self, context: AppContext, settings: Settings, chat: ChatState, *, retry_s: float = RETRY_S) -> None:
        self._context = context
        self._settings = settings
        self._chat = chat
        self._retry_s = retry_s
        self._failed = False
        self._metrics = ChatMetrics(context.metrics, lambda: chat.is_open)
        self._opening: ChatFactory | None = None
        self._stop = threading.Event()
        self._closing = threading.Lock()
        self.thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def close(self) -> None:
        """Stop warming and release the index. The thread ends between two steps; one that takes longer than
        `PATIENCE_S` is left to itself, and releases the index when it is done."""
        self._stop.set()
        self.thread.join(PATIENCE_S)
        if not self.thread.is_alive():
            self._release()

    def _release(self) -> None:
        with self._closing:
            if self._opening is not None:
                self._opening.close()
                self._opening = None

    def _run(self) -> None:
        while not (self._open() or self._stop.wait(self._retry_s)):
            self._release()
        if self._stop.is_set():
            self._release()

    def _open(self) -> bool:
        """Whether that was the last try: it is open, or was told to stop."""
        try:
            module = _module()
            if self._stop.is_set():
                return True
            opening = self._opening = module.ChatFactory(self._context, self._settings, self._metrics, self._stop)
            answering = opening.open()
        except Exception as error:  # noqa: BLE001 - whatever it is, callers are told, and it may be put right meanwhile
            self._out_of_order(error)
            return False
        if answering is not None:
            self._chat.open(answering)
            log.info("the chat is open")
            freeze_loaded_objects()
        return True

    def _out_of_order(self, error: Exception) -> None:
        """Say so to callers, and once in the log."""
        ours = isinstance(error, ArticleError)
        if not self._failed:
            told = {"reason": str(error)} if ours else {"exc_info": error}
            log.error("the chat could not be opened, trying again", every_s=self._retry_s, **told)
        self._failed = True
        why = str(error) if ours else "see the service's log"
        self._chat.fail(f"The chat is out of order: {why}.")


def _module() -> _Module:
    """What opens the chat, imported when it is needed: it takes seconds."""
    return import_module("pedalcast.chat.factory")  # type: ignore[return-value]


if TYPE_CHECKING:

    class _Module:
        ChatFactory: type[ChatFactory]
        check: Callable[[object], None]
