"""The way of a question, from top to bottom: understand it, find what answers it, answer.

Each step takes what the steps before it found, and returns a `Step`: its result, which never changes, and what is to be
told of it. A search that fails or is slow is left out and named in the notes; the others still answer.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

from pedalcast.rag.answer.answer_types import (
    Answer,
    AnswerComponents,
    DocumentEvidence,
    Findings,
    Question,
    Understanding,
)
from pedalcast.rag.answer.bot_rules import BotRules
from pedalcast.rag.answer.composition import Show, compose
from pedalcast.rag.live.service import LiveAnswer
from pedalcast.rag.live.station_directory import StationDirectory
from pedalcast.rag.live.station_messages import station_message
from pedalcast.rag.live.types import LiveDataError
from pedalcast.rag.retrieval.faq_match import matching_paraphrase
from pedalcast.rag.routing.follow_up import Rewriting, leans, rewrite_by_model, rewrite_by_rules
from pedalcast.rag.routing.foreign_subjects import foreign_subject
from pedalcast.rag.routing.query_writing import Queries, queries_by_model
from pedalcast.rag.routing.question_language import question_language
from pedalcast.rag.routing.router import FindStation, Route, Routing, explained_part, route_by_model, route_by_rules
from pedalcast.rag.storage.document_filters import EVERYTHING, DocumentFilters, narrowed
from pedalcast.rag.text.everyday_words import plain_words

R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")

TOPICS = 3  # offered where there is no answer
_LEG_FAILURES = (LiveDataError, sqlite3.Error, OSError)  # TimeoutError is an OSError


@dataclass(frozen=True, slots=True)
class Step(Generic[R_co]):
    """What a step found. `detail` is told with its time, `parts` (names and seconds) are timed steps within it."""

    result: R_co
    notes: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)


class QuestionSteps:
    """The steps, over the parts that they work with. They share nothing but `work`.

    `work` bounds how many questions are worked at side by side: more would only wait for the interpreter, and keep
    everything else waiting with them.
    """

    def __init__(self, parts: AnswerComponents, work: asyncio.Semaphore) -> None:
        self.parts = parts
        self._work = work

    def start(self, question: Question) -> Step[Understanding]:
        """The question as it is: about the documents, in its own words."""
        return Step(Understanding(question, Routing(Route.DOCUMENTS, question_language(question.text))))

    async def route(self, known: Understanding) -> Step[Understanding]:
        """Decide where the answer is to come from, and its language."""
        directory, note = await self._directory(known.question)
        model, find, text = self.parts.reasoner, _finder(directory), known.question.text
        known = replace(known, directory=directory)
        if model is None or not known.question.rules.live:  # then there is little to decide
            routing, slow = await self._routed(known, text)
        else:
            routing, slow = await route_by_model(text, model, find, seconds=self.parts.limits.route), ""
        routing = _limited(routing, known.question.rules)
        return Step(
            replace(known, routing=routing, model_away=known.model_away or routing.unreachable),
            notes=_said(note, slow, routing.note),
            detail={"route": routing.route.value, "by": routing.by},
        )

    async def rewrite(self, known: Understanding) -> Step[Understanding]:
        """Rewrite a follow-up into a question that stands alone, and route it again by its new words."""
        question, limits = known.question, self.parts.limits
        names, places, slow = _names(known.directory, known.lang), _places(known.directory), ""
        model = None if known.model_away else self.parts.reasoner
        if model is None:
            rewriting, slow = await self._rewritten(question, names, places)
        else:
            rewriting = await rewrite_by_model(
                question.text, question.history, model, names, places, seconds=limits.rewrite
            )
        routing, late = known.routing, ""
        if rewriting.changed and routing.by == "rules":
            routing, late = await self._routed(known, rewriting.question)
            routing = _limited(routing, question.rules)
        away = known.model_away or rewriting.unreachable
        return Step(
            replace(known, routing=routing, rewriting=rewriting, model_away=away),
            notes=_said(slow, rewriting.note, late),
            detail={"rewritten": rewriting.changed} | ({"by": rewriting.by} if rewriting.by else {}),
        )

    async def documents(
        self,
        known: Understanding,
        *,
        passages: int | None = None,
        min_score: float | None = None,
        filters: DocumentFilters = EVERYTHING,
    ) -> Step[DocumentEvidence | None]:
        """Retrieve passages (expand, filter, BM25 and vectors, merge, rerank, dedup) and choose sentences.

        `filters` hold beside the question's own.
        """
        rules = known.question.rules
        rules = replace(
            rules,
            passages=rules.passages if passages is None else passages,
            min_score=rules.min_score if min_score is None else min_score,
        )
        queries = await self._queries(known)
        search = partial(self._search, known, rules, narrowed(known.question.filters, filters), queries.texts)
        evidence, note = await self._leg("documents", self.parts.limits.documents, search)
        detail = {"queries": len(queries.texts)} if queries.texts else {}
        if evidence is None:
            return Step(None, _said(queries.note, note), detail)
        return Step(evidence, _said(queries.note, note, *evidence.found.notes), detail, evidence.found.timings)

    async def live(self, known: Understanding, *, station: str | None = None) -> Step[LiveAnswer]:
        """Read the present counts and the forecast of the stations asked about, or of one that is always meant."""
        service, lang, note = self.parts.live, known.answer_lang, ""
        answer: LiveAnswer | None = None
        if service is not None:
            read = partial(service.answer, station or known.text, lang, position=known.question.position)
            answer, note = await self._leg("live stations", self.parts.limits.live, read)
        return Step(answer or LiveAnswer(station_message("redis", lang), "absent"), _said(note))

    async def answer(self, found: Findings, show: Show, *, instructions: str = "") -> Step[Answer]:
        """Compose and stream the answer. Raises `ProviderError` where the model fails and nothing may stand in."""
        if instructions:
            rules = found.understanding.question.rules
            told = "\n".join(filter(None, (rules.instructions, instructions)))
            question = replace(found.understanding.question, rules=replace(rules, instructions=told))
            found = replace(found, understanding=replace(found.understanding, question=question))
        answer = await compose(found, self.parts, show, self._work)
        return Step(answer, answer.notes, {"by": answer.by})

    async def _queries(self, known: Understanding) -> Queries:
        """What to search for beside the question, by the model where there is one to ask."""
        model, count = self.parts.reasoner, self.parts.queries
        if model is None or known.model_away or not count:
            return Queries()
        return await queries_by_model(_explained(known), model, count, seconds=self.parts.limits.rewrite)

    def _search(
        self, known: Understanding, rules: BotRules, filters: DocumentFilters, queries: Sequence[str]
    ) -> DocumentEvidence:
        """Search the documents for their part of the question, and for `queries`.

        A follow-up rewritten by rules is also searched in its original wording; the more certain result is used.
        """
        found = self._search_for(_explained(known), known, rules, filters, queries)
        if known.rewriting is not None and known.rewriting.by == "rules":
            original = self._search_for(known.question.text, known, rules, filters, ())
            better = original.score > found.score and not (leans(known.question.text) and found.answerable)
            found = original if better else found
        return found

    def _search_for(
        self, asked: str, known: Understanding, rules: BotRules, filters: DocumentFilters, queries: Sequence[str]
    ) -> DocumentEvidence:
        retrieval, lang, bot_id = self.parts.retrieval, known.lang, known.question.bot_id
        has_word = partial(retrieval.has_word, lang=lang, bot_id=bot_id)
        text = plain_words(asked, lang, has_word)
        found = rules.trimmed(retrieval.search(text, lang=lang, bot_id=bot_id, filters=filters, also=queries))
        began = time.perf_counter()
        quotes = retrieval.extract(text, found.passages)
        score = retrieval.answerable(text, found.passages, quotes)
        needed = retrieval.threshold(lang, bot_id=bot_id) if rules.min_score is None else rules.min_score
        enough = bool(quotes) and score >= needed
        if foreseen := matching_paraphrase(asked, found.passages, retrieval.store, lang):
            enough, own = True, [passage for passage in found.passages if passage.document_id == foreseen]
            quotes = retrieval.section_quotes(text, own)
        elif enough:
            quotes = retrieval.section_quotes(text, found.passages)
        if rules.about_service and foreign_subject(text, has_word):
            score, enough = 0.0, False
        found = replace(found, timings={**found.timings, "extract": time.perf_counter() - began})
        topics = dict.fromkeys(passage.title for passage in found.passages if passage.title)
        return DocumentEvidence(found, quotes, score, enough, tuple(topics)[:TOPICS])

    async def _routed(self, known: Understanding, text: str) -> tuple[Routing, str]:
        """The route by rules, off the event loop; the documents' where that takes too long."""
        positioned = known.question.position is not None
        work = partial(route_by_rules, text, _finder(known.directory), positioned=positioned)
        routing, note = await self._leg("route", self.parts.limits.route, work)
        return routing or Routing(Route.DOCUMENTS, question_language(text)), note

    async def _rewritten(
        self, question: Question, names: Callable[[str], str | None], places: Callable[[str], bool]
    ) -> tuple[Rewriting, str]:
        """The follow-up rewritten by rules, off the event loop; as it is where that takes too long."""
        work = partial(rewrite_by_rules, question.text, question.history, names, places)
        rewriting, note = await self._leg("rewrite", self.parts.limits.rewrite, work)
        return rewriting or Rewriting(question.text, question.text), note

    async def _directory(self, question: Question) -> tuple[StationDirectory | None, str]:
        live = self.parts.live
        if live is None or not question.rules.live:
            return None, ""
        return await self._leg("live stations", self.parts.limits.live, live.directory)

    async def _leg(self, name: str, seconds: float, work: Callable[[], T]) -> tuple[T | None, str]:
        """Run `work` in a thread, in its turn and with a time limit. None, with a note, where it fails or is slower."""
        async with self._work:
            try:
                async with asyncio.timeout(seconds):
                    return await asyncio.to_thread(work), ""
            except TimeoutError:
                return None, f"{name}: left out, slower than {seconds:g} s"
            except _LEG_FAILURES as error:
                return None, f"{name}: left out, {type(error).__name__}"


def _explained(known: Understanding) -> str:
    """The part of the question that documents answer."""
    return explained_part(known.text) if known.routing.route is Route.BOTH else known.text


def _said(*notes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, notes)))


def _limited(routing: Routing, rules: BotRules) -> Routing:
    """The route as far as the bot that is asked may take it."""
    return routing.limited(live=rules.live, refuses=rules.about_service)


def _finder(directory: StationDirectory | None) -> FindStation:
    """Finds stations by name. Without a station list every name is unknown, which still shows that one was given."""
    return (directory or StationDirectory(())).find


def _names(directory: StationDirectory | None, lang: str) -> Callable[[str], str | None]:
    """The name of the station in a text, where exactly one matches with certainty."""

    def name(text: str) -> str | None:
        place = _finder(directory)(text)
        return place.stations[0].name_in(lang) if place.sure and len(place.stations) == 1 else None

    return name


def _places(directory: StationDirectory | None) -> Callable[[str], bool]:
    """Whether a text names stations with certainty, one or several."""

    def named(text: str) -> bool:
        place = _finder(directory)(text)
        return place.sure and bool(place.stations)

    return named
