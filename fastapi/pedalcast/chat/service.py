"""Questions through the workflow: the whole answer, or what happens on the way to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from collector.clocks import Clock
from pedalcast.bots.answering_bot import GUIDE, AnsweringBot
from pedalcast.chat.answers.answer_cache import AnswerCache
from pedalcast.chat.answers.article_images import ArticleImages
from pedalcast.chat.answers.model_calls import with_calls
from pedalcast.chat.answers.model_choices import QUOTES, chosen_provider
from pedalcast.chat.answers.model_status import answering_names, providers_of
from pedalcast.chat.budget.price_table import PriceTable
from pedalcast.chat.budget.token_budget import PROMPT_TOKENS, BudgetSpentError, Reservation, TokenBudget
from pedalcast.chat.metrics import ChatMetrics
from pedalcast.chat.presenter import response
from pedalcast.chat.schemas import ChatProvidersOut, ChatRequest, ChatResponse, CostOut
from pedalcast.kit.errors import UnavailableError
from pedalcast.rag.answer.answer_events import AnswerReady, FlowEvent, TextShown
from pedalcast.rag.answer.answer_types import AnswerComponents, Question
from pedalcast.rag.flow.graph_run import FlowTimeoutError, NodeTrace
from pedalcast.rag.flow.question_flow import QuestionFlow
from pedalcast.rag.llm import ModelChain, ProviderError
from pedalcast.rag.llm.model_use import ModelCall, ModelUse, model_use
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.routing.follow_up import Turn
from pedalcast.rag.storage.document_filters import EVERYTHING
from pedalcast.rag.text.normalisation import plain_question
from pedalcast.rag.text.token_estimate import estimated_tokens

IsDisconnected = Callable[[], Awaitable[bool]]
NoticesAbout = Callable[[Sequence[str], str], list[str]]  # of these stations, in this language
LOOK_S = 0.25  # how often to look whether the client is still there


@dataclass(frozen=True, slots=True)
class CachedAnswerFound:
    """Streamed first where the answer comes from the cache."""

    rag_type: str
    language: str
    rewritten: str | None


ChatEvent = FlowEvent | CachedAnswerFound | ChatResponse


class ChatService:
    """One a process; runs share nothing but `components`."""

    def __init__(
        self,
        components: AnswerComponents,
        metrics: ChatMetrics,
        clock: Clock,
        notices: NoticesAbout = lambda *_: [],
        *,
        cache: AnswerCache | None = None,
        images: ArticleImages | None = None,
        budget: TokenBudget | None = None,
        prices: PriceTable | None = None,
        work: asyncio.Semaphore | None = None,
    ) -> None:
        self._budget = budget
        self._prices = prices
        self._led: dict[int, ChatService] = {}
        self._cache = cache
        self._images = images
        self._notices = notices
        self._components = components
        self._flow = QuestionFlow(components, work)
        self._metrics = metrics
        self._clock = clock

    @cached_property
    def without_model(self) -> ChatService:
        """The same service, answering with quotes alone."""
        return self._answering_by(replace(self._components, model=None), QUOTES, None)

    def _answering_by(self, components: AnswerComponents, model: str, budget: TokenBudget | None) -> ChatService:
        """The same service with other models; `model` names the first one in the cache."""
        return ChatService(
            components, self._metrics, self._clock, self._notices, images=self._images, budget=budget,
            cache=None if self._cache is None else self._cache.for_model(model), prices=self._prices,
            work=self._flow.work,
        )  # fmt: skip

    def _led_by(self, place: int) -> ChatService:
        """The same service with another of its models asked first."""
        parts = self._components
        if place not in self._led and parts.model is not None:
            first = parts.model.members[place]
            others = (member for member in parts.model.members if member is not first)
            components = replace(parts, model=ModelChain([first, *others]))
            name = f"{first.config.provider}/{first.config.model}"
            self._led[place] = self._answering_by(components, name, self._budget)
        return self._led[place]

    @property
    def retrieval(self) -> RetrievalPipeline:
        """The index it answers from."""
        return self._components.retrieval

    def image(self, name: str) -> Path:
        """The file of a picture that an article has. Raises `NotFoundError`."""
        return (self._images or ArticleImages()).path(name)

    async def aclose(self) -> None:
        """Close the language model's connections; on the event loop that answered."""
        chains = [chain for chain in (self._components.model, self._components.reasoning) if chain is not None]
        for model in dict.fromkeys(member for chain in chains for member in chain.members):
            await model.aclose()
        for part in (self._cache, self._budget):
            if part is not None:
                await part.aclose()

    def providers(self) -> ChatProvidersOut:
        """Which models embed, decide and answer, and how they do."""
        return providers_of(self._components)

    def by_provider(self, name: str | None) -> ChatService:
        """The same service answering by this provider first, where a bot or its asker has chosen one that is here."""
        if name == QUOTES and self._components.model is not None:
            return self.without_model
        names = answering_names(self._components)
        return self._led_by(names.index(name)) if name in names[1:] else self

    def chosen(self, request: ChatRequest, bot: AnsweringBot) -> ChatService:
        """The service as the bot or the question chooses. Raises what `chosen_provider` does."""
        known = [*answering_names(self._components), QUOTES]
        return self.by_provider(chosen_provider(request.provider, bot.provider, known))

    async def ask(
        self,
        request: ChatRequest,
        session_id: str,
        is_disconnected: IsDisconnected,
        bot: AnsweringBot = GUIDE,
        asker: str = "",
    ) -> ChatResponse | None:
        """The whole answer; None when `is_disconnected` returns True before it is there. Raises `UnavailableError`."""
        run = asyncio.create_task(self._whole(request, session_id, bot, asker))
        try:
            while not run.done():
                await asyncio.wait({run}, timeout=LOOK_S)
                if not run.done() and await is_disconnected():
                    return None
            return run.result()
        finally:
            await _stopped(run)

    async def _whole(self, request: ChatRequest, session_id: str, bot: AnsweringBot, asker: str) -> ChatResponse:
        answer: ChatResponse | None = None
        async for event in self.events(request, session_id, bot, asker):
            answer = event if isinstance(event, ChatResponse) else answer
        assert answer is not None  # noqa: S101 (events end with an answer or raise)
        return answer

    async def events(
        self, request: ChatRequest, session_id: str, bot: AnsweringBot = GUIDE, asker: str = ""
    ) -> AsyncGenerator[ChatEvent, None]:
        """What happens on the way (`Understood`, `Shown` …), then the whole answer. Raises `UnavailableError`.

        Closing it early cancels whatever is under way. Whoever may not ask `bot` was refused before.
        `asker` is whose daily budget of the language model it counts to; where one is spent, quotes answer.
        """
        began, key = time.perf_counter(), None if self._cache is None else self._cache.key(request, bot)
        if self._cache is not None and key is not None and (cached := await self._cache.get(key)) is not None:
            metadata = cached.metadata
            yield CachedAnswerFound(
                rag_type=metadata.rag_type, language=metadata.language, rewritten=metadata.rewritten
            )
            yield TextShown(text=cached.response)
            yield self._again(cached, session_id, time.perf_counter() - began)
            return
        try:
            reserved, spent = await self._reserved(asker, bot), None
        except BudgetSpentError as error:
            reserved, spent = None, error.kind
        if spent is not None:
            note = f"daily budget ({spent}) of the language model spent: quoted without it"
            async with aclosing(self.without_model.events(request, session_id, bot)) as events:
                async for event in events:
                    yield _noted(event, note) if isinstance(event, ChatResponse) else event
            return
        try:
            async with aclosing(self._answered(request, session_id, bot, reserved)) as events:
                async for event in events:
                    if self._cache is not None and key is not None and isinstance(event, ChatResponse):
                        await self._cache.put(key, event)
                    yield event
        finally:
            if reserved is not None:
                await reserved.settle(0)  # where the run did not even begin

    async def dry_run(
        self, request: ChatRequest, session_id: str, bot: AnsweringBot, asker: str
    ) -> tuple[ChatResponse, Sequence[NodeTrace]]:
        """An answer that is kept nowhere, and how the nodes ran. Budgets count. Raises `UnavailableError`."""
        service, reserved = self, None
        try:
            reserved = await self._reserved(asker, bot)
        except BudgetSpentError:
            service = self.without_model
        trace: list[NodeTrace] = []
        async with aclosing(service._answered(request, session_id, bot, reserved, trace)) as events:
            answers = [event async for event in events if isinstance(event, ChatResponse)]
        return answers[-1], trace

    async def _reserved(self, asker: str, bot: AnsweringBot) -> Reservation | None:
        """What the answer may use; None where nothing is limited. Raises `BudgetSpentError`."""
        if self._budget is None or self._components.model is None:
            return None
        tokens = PROMPT_TOKENS + self._components.model.config.max_tokens
        return await self._budget.reserve(asker, bot.id, tokens)

    async def _count(self, use: ModelUse, reserved: Reservation | None) -> int:
        """Count the tokens of an answer, also of one that did not end; how many."""
        tokens = sum(map(estimated_tokens, [*use.asked, "".join(use.written)]))
        self._metrics.tokens.inc(tokens)
        self._metrics.called(use.calls, self._prices)
        if reserved is not None:
            await reserved.settle(tokens)
        return tokens

    def _cost(self, calls: Sequence[ModelCall]) -> CostOut | None:
        """What these calls cost, None where that is not known."""
        amount = None if self._prices is None else self._prices.price_of_all(calls)
        if self._prices is None or amount is None:
            return None
        return CostOut(amount=float(amount), currency=self._prices.currency)

    def _again(self, answer: ChatResponse, session_id: str, seconds: float) -> ChatResponse:
        """A cached answer as one of now: its session, its time, the notices that are shown at present."""
        self._metrics.cached.inc()
        metadata = answer.metadata.model_copy(
            update={
                "cached": True,
                "model_tokens": 0,
                "cost": self._cost(()),
                "response_time": round(seconds, 4),
                "notices": self._notices((), answer.metadata.language),
            }
        )
        return answer.model_copy(update={"session_id": session_id, "metadata": metadata})

    async def _answered(
        self,
        request: ChatRequest,
        session_id: str,
        bot: AnsweringBot,
        reserved: Reservation | None,
        trace: list[NodeTrace] | None = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """The events of one run; `trace`, where it is given, gains how the nodes ran."""
        with model_use() as use:  # the run's task begins with this context
            run = self._flow.start(_question(request, bot), bot.workflow)
        began, outcome = time.perf_counter(), "cancelled"
        try:
            async for event in run.events():
                if not isinstance(event, AnswerReady):
                    yield event
            ended = await run.answer()
            seconds, outcome = time.perf_counter() - began, ""
            self._metrics.answered(ended, seconds)
            model = self._components.model.config.model if self._components.model else None
            answer = response(
                ended, session_id, seconds=seconds, model=model, now=self._clock.now(), notices=self._notices
            )
            tokens = await self._count(use, reserved)
            calls, use = use.calls, ModelUse()
            metadata = answer.metadata.model_copy(update={"model_tokens": tokens, "cost": self._cost(calls)})
            images = [*answer.images, *([] if self._images is None else self._images.of(answer.sources))]
            yield with_calls(answer.model_copy(update={"images": images, "metadata": metadata}), calls)
        except ProviderError as error:
            outcome = "provider_unavailable"
            raise UnavailableError(str(error), "provider_unavailable", retry_after=30) from error
        except FlowTimeoutError as error:
            outcome = "workflow_timeout"
            raise UnavailableError(str(error), "workflow_timeout") from error
        finally:
            if outcome:
                self._metrics.failed(outcome)
            await run.aclose()
            if trace is not None:
                trace += run.trace
            await self._count(use, reserved)


def _noted(answer: ChatResponse, note: str) -> ChatResponse:
    """The answer with a note and the reason why no model wrote it."""
    update = {"notes": [*answer.metadata.notes, note], "fallback": "budget"}
    return answer.model_copy(update={"metadata": answer.metadata.model_copy(update=update)})


async def _stopped(run: asyncio.Task[ChatResponse]) -> None:
    """Cancel it if it still runs, and wait until it has let go of everything."""
    run.cancel()
    await asyncio.wait({run})


def _question(request: ChatRequest, bot: AnsweringBot) -> Question:
    here = request.position
    return Question(
        text=plain_question(request.question),
        bot_id=bot.id,
        rules=bot.rules,
        history=tuple(Turn(turn.role, plain_question(turn.content)) for turn in request.chat_history),
        position=None if here is None else (here.lat, here.lon),
        filters=EVERYTHING if request.filters is None else request.filters.wanted(),
    )
