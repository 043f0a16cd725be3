"""The workflow from a question to its answer; each step is timed.

route → rewrite → documents and live stations, side by side → answer. A leg that fails or is slow is left out and named
in the notes; the other one answers. Cancelling the run cancels the step in progress.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from llama_index.core.workflow import Context, Workflow, step

from pedalcast.rag.answer.composition import compose
from pedalcast.rag.answer.run_state import DocumentEvidence, QuestionState, WorkflowComponents
from pedalcast.rag.answer.workflow_events import (
    AnswerReady,
    DocumentsRequested,
    LegFinished,
    LiveDataRequested,
    QuestionReceived,
    QuestionRewritten,
    QuestionRouted,
    TextShown,
)
from pedalcast.rag.live.service import LiveAnswer
from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.live.station_messages import station_message
from pedalcast.rag.live.types import LiveDataError
from pedalcast.rag.retrieval.faq_match import matching_paraphrase
from pedalcast.rag.routing.follow_up import Rewriting, leans, rewrite_by_model, rewrite_by_rules
from pedalcast.rag.routing.foreign_subjects import foreign_subject
from pedalcast.rag.routing.question_language import question_language
from pedalcast.rag.routing.router import FindStation, Route, Routing, explained_part, route_by_model, route_by_rules
from pedalcast.rag.text.everyday_words import plain_words

T = TypeVar("T")

TOPICS = 3  # offered where there is no answer
_LEG_FAILURES = (LiveDataError, sqlite3.Error, OSError)  # TimeoutError is an OSError


class AnswerWorkflow(Workflow):
    """One instance serves every question; a run holds nothing but the `QuestionState` its events carry."""

    def __init__(self, parts: WorkflowComponents) -> None:
        super().__init__(timeout=None)  # every stage has its own limit
        self.parts = parts

    @step
    async def route(self, event: QuestionReceived) -> QuestionRouted:
        """Decide the sources and the language of the answer."""
        progress, model = event.progress, self.parts.reasoner
        with progress.timed("route") as entry:
            progress.directory = await self._directory(progress)
            find, text = _finder(progress.directory), progress.question.text
            if model is None or not progress.question.rules.live:  # then there is little to decide
                routing = await self._routed(progress, text)
            else:
                routing = await route_by_model(text, model, find, seconds=self.parts.limits.route)
            routing = progress.routing = _limited(progress, routing)
            entry.update(route=routing.route.value, by=routing.by)
        progress.model_failed(routing.note)
        return QuestionRouted(progress=progress)

    @step
    async def rewrite(self, context: Context, event: QuestionRouted) -> QuestionRewritten:
        """Rewrite a follow-up into a standalone question, and route it again by its new text."""
        progress, question = event.progress, event.progress.question
        with progress.timed("rewrite") as entry:
            names = _names(progress.directory, progress.lang)
            model = None if progress.model_away else self.parts.reasoner
            if model is None:
                rewriting = await self._rewritten(progress, names)
            else:
                seconds = self.parts.limits.rewrite
                rewriting = await rewrite_by_model(question.text, question.history, model, names, seconds=seconds)
            progress.rewriting = rewriting
            entry.update({"rewritten": rewriting.changed}, **({"by": rewriting.by} if rewriting.by else {}))
        progress.model_failed(rewriting.note)
        if rewriting.changed and progress.routing is not None and progress.routing.by == "rules":
            routing = await self._routed(progress, rewriting.question)
            progress.routing = _limited(progress, routing)
        understood = QuestionRewritten(progress=progress)
        context.write_event_to_stream(understood)
        return understood

    @step
    async def spread(
        self, context: Context, event: QuestionRewritten
    ) -> DocumentsRequested | LiveDataRequested | LegFinished | None:
        """Start the legs that the route needs: both, one, or none."""
        progress = event.progress
        wanted: list[DocumentsRequested | LiveDataRequested] = []
        if progress.routing is None or progress.routing.documents:
            wanted.append(DocumentsRequested(progress=progress))
        if progress.routing is not None and progress.routing.live:
            wanted.append(LiveDataRequested(progress=progress))
        progress.legs = max(1, len(wanted))
        for want in wanted:
            context.send_event(want)
        return None if wanted else LegFinished(progress=progress)

    @step
    async def documents(self, event: DocumentsRequested) -> LegFinished:
        """Retrieve passages (expand, filter, BM25 and vectors, merge, rerank, dedup) and choose sentences."""
        progress = event.progress
        with progress.timed("documents"):
            found = await self._leg(progress, "documents", self.parts.limits.documents, lambda: self._search(progress))
        progress.documents = found
        if found is not None:
            progress.steps[-1:-1] = [_entry(name, seconds) for name, seconds in found.found.timings.items()]
            for note in found.found.notes:
                progress.note(note)
        return LegFinished(progress=progress)

    @step
    async def live(self, event: LiveDataRequested) -> LegFinished:
        """Read the present counts and the forecast of the stations asked about."""
        progress, service = event.progress, self.parts.live
        with progress.timed("live"):
            if service is not None:
                progress.live = await self._leg(
                    progress,
                    "live stations",
                    self.parts.limits.live,
                    lambda: service.answer(progress.text, progress.answer_lang, position=progress.question.position),
                )
        if progress.live is None:
            progress.live = LiveAnswer(station_message("redis", progress.answer_lang), "absent")
        return LegFinished(progress=progress)

    @step
    async def answer(self, context: Context, event: LegFinished) -> AnswerReady | None:
        """Compose and stream the answer from the legs' evidence. Raises `ProviderError` without a fall-back."""
        progress = event.progress
        if context.collect_events(event, [LegFinished] * progress.legs) is None:
            return None
        with progress.timed("answer") as entry:
            show: Callable[[TextShown], None] = context.write_event_to_stream
            answer = await compose(progress, self.parts, show)
            entry["by"] = answer.by
        return AnswerReady(answer=answer)

    def _search(self, progress: QuestionState) -> DocumentEvidence:
        """Search the documents for their part of the question.

        A follow-up rewritten by rules is also searched in its original wording; the more certain result is used.
        """
        both = progress.routing is not None and progress.routing.route is Route.BOTH
        found = self._search_for(explained_part(progress.text) if both else progress.text, progress)
        if progress.rewriting is not None and progress.rewriting.by == "rules":
            original = self._search_for(progress.question.text, progress)
            better = original.score > found.score and not (leans(progress.question.text) and found.answerable)
            found = original if better else found
        return found

    def _search_for(self, asked: str, progress: QuestionState) -> DocumentEvidence:
        retrieval, lang, question = self.parts.retrieval, progress.lang, progress.question
        has_word = partial(retrieval.has_word, lang=lang, bot_id=question.bot_id)
        rules, text = question.rules, plain_words(asked, lang, has_word)
        found = rules.trimmed(retrieval.search(text, lang=lang, bot_id=question.bot_id, filters=question.filters))
        began = time.perf_counter()
        quotes = retrieval.extract(text, found.passages)
        score = retrieval.answerable(text, found.passages, quotes)
        needed = retrieval.threshold(lang, bot_id=question.bot_id) if rules.min_score is None else rules.min_score
        enough = bool(quotes) and score >= needed
        if known := matching_paraphrase(asked, found.passages, retrieval.store, lang):
            enough, own = True, [passage for passage in found.passages if passage.document_id == known]
            quotes = retrieval.section_quotes(text, own)
        elif enough:
            quotes = retrieval.section_quotes(text, found.passages)
        if rules.about_service and foreign_subject(asked, has_word):
            score, enough = 0.0, False
        found.timings["extract"] = time.perf_counter() - began
        topics = dict.fromkeys(passage.title for passage in found.passages if passage.title)
        return DocumentEvidence(found, quotes, score, enough, tuple(topics)[:TOPICS])

    async def _routed(self, progress: QuestionState, text: str) -> Routing:
        """The route by rules, off the event loop; the documents' where that takes too long."""
        find, seconds = _finder(progress.directory), self.parts.limits.route
        positioned = progress.question.position is not None
        routing = await self._leg(progress, "route", seconds, lambda: route_by_rules(text, find, positioned=positioned))
        return routing or Routing(Route.DOCUMENTS, question_language(text))

    async def _rewritten(self, progress: QuestionState, names: Callable[[str], str | None]) -> Rewriting:
        """The follow-up rewritten by rules, off the event loop; as it is where that takes too long."""
        question, seconds = progress.question, self.parts.limits.rewrite
        rewriting = await self._leg(
            progress, "rewrite", seconds, lambda: rewrite_by_rules(question.text, question.history, names)
        )
        return rewriting or Rewriting(question.text, question.text)

    async def _directory(self, progress: QuestionState) -> StationDirectory | None:
        live = self.parts.live
        if live is None or not progress.question.rules.live:
            return None
        return await self._leg(progress, "live stations", self.parts.limits.live, live.directory)

    async def _leg(self, progress: QuestionState, name: str, seconds: float, work: Callable[[], T]) -> T | None:
        """Run `work` in a thread with a time limit. None, with a note, where it fails or takes longer."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.to_thread(work)
        except TimeoutError:
            progress.note(f"{name}: left out, slower than {seconds:g} s")
        except _LEG_FAILURES as error:
            progress.note(f"{name}: left out, {type(error).__name__}")
        return None


def _limited(progress: QuestionState, routing: Routing) -> Routing:
    """The route as far as the bot that is asked may take it."""
    rules = progress.question.rules
    return routing.limited(live=rules.live, refuses=rules.about_service)


def _entry(name: str, seconds: float) -> dict[str, object]:
    return {"step": name, "ms": round(seconds * 1e3, 2)}


def _finder(directory: StationDirectory | None) -> FindStation:
    """Finds stations by name. Without a station list every name is unknown, which still shows that one was given."""
    return (directory or StationDirectory(())).find


def _names(directory: StationDirectory | None, lang: str) -> Callable[[str], str | None]:
    """The name of the station in a text, where exactly one matches with certainty."""

    def name(text: str) -> str | None:
        place = _finder(directory)(text)
        return place.stations[0].name_in(lang) if place.sure and len(place.stations) == 1 else None

    return name
