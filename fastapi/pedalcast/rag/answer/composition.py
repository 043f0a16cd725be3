"""Makes the answer out of what was found: by the model where there is one, else by quoting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from pedalcast.rag.answer.answer_events import TextShown
from pedalcast.rag.answer.answer_types import Answer, AnswerComponents, DocumentEvidence, Findings
from pedalcast.rag.answer.conversation import recent_turns
from pedalcast.rag.answer.extractive import extractive
from pedalcast.rag.answer.generation import Generation, generate
from pedalcast.rag.answer.price_row import PriceRow, price_row
from pedalcast.rag.answer.refusals import fixed_text, no_source, small_talk
from pedalcast.rag.answer.worked_sum import WorkedSum, worked_sum
from pedalcast.rag.grounding.citations import Citations, Cited, Evidence, Flag
from pedalcast.rag.llm import LanguageModel, ProviderError
from pedalcast.rag.routing.router import Route, asks_availability
from pedalcast.rag.text.segmentation import sentences
from pedalcast.rag.types import Quote

Show = Callable[[TextShown], None]


@dataclass(slots=True)
class _Offline:
    """An answer put together without a model."""

    texts: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    sources: list[Cited] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _GivenUp:
    """Why the model's answer is not used, for the notes and as a stable reason, and what did not hold in it."""

    note: str
    reason: str
    flags: tuple[Flag, ...] = ()


async def compose(found: Findings, parts: AnswerComponents, show: Show, work: asyncio.Semaphore) -> Answer:
    """The answer, shown as it comes; quotes are chosen and checked in a thread, when `work` lets it.

    Raises `ProviderError` where the model fails and nothing may stand in for it.
    """
    known = found.understanding
    if known.routing.route is Route.SMALL_TALK:
        text = small_talk(known.question.text, known.answer_lang, guide=known.question.rules.about_service)
        return _shown(_fixed(text, found, answered=True), show)
    if known.routing.route is Route.OUT_OF_SCOPE:
        return _shown(_fixed(fixed_text("out_of_scope", known.answer_lang), found, answered=False), show)
    away = known.model_away and parts.reasoner is parts.model
    outcome: Answer | _GivenUp | None = None
    if parts.model is not None and not (away and parts.fall_back):
        outcome = await _by_model(found, parts, parts.model, show)
        if isinstance(outcome, Answer):
            return outcome
    async with work:
        quoted = await asyncio.to_thread(_offline, found)
    if isinstance(outcome, _GivenUp):
        quoted = replace(
            quoted,
            flags=(*outcome.flags, *quoted.flags),
            fallback=outcome.reason,
            notes=tuple(filter(None, (outcome.note, *quoted.notes))),
        )
    return _shown(quoted, show)


async def _by_model(
    found: Findings, parts: AnswerComponents, model: LanguageModel, show: Show
) -> Answer | _GivenUp | None:
    """The model's answer; why it is not used; None where there is nothing to ask it."""
    evidence, known = _evidence(found), found.understanding
    if not evidence:
        return None
    generation, question = Generation(), known.question
    conversation = recent_turns(question.history, parts.history_tokens)
    try:
        pieces = generate(
            model, known.text, evidence, known.answer_lang, generation, rules=question.rules, conversation=conversation
        )
        async with aclosing(pieces):
            async for piece in pieces:
                show(TextShown(text=piece))
    except ProviderError as error:
        if not parts.fall_back:
            raise
        return _given_up(generation, str(error), error.reason, show)
    if generation.declined:
        note = "the language model found no answer in the passages"
        if _offline_knows(found):
            return _GivenUp(note, "")
        return _shown(replace(_nothing(found), notes=(note,)), show)
    if not generation.grounded or _lacks_station(found, generation):
        return _given_up(generation, "the language model's answer did not hold", "ungrounded", show)
    sources, flags = tuple(generation.sources), tuple(generation.flags)
    return Answer(generation.text.strip(), sources, flags, "model", answered=True, findings=found)


def _given_up(generation: Generation, note: str, reason: str, show: Show) -> _GivenUp:
    """Take back what was shown, and leave the answer to the quotes."""
    if generation.text:
        show(TextShown(restart=True, reason=reason))
    return _GivenUp(note, reason, tuple(generation.flags))


def _evidence(found: Findings) -> list[Evidence]:
    """Station data first, then passages. None where it must first be asked which station is meant."""
    if found.live is not None and found.live.status != "answered":
        return []
    passages = found.documents.found.passages if found.documents else ()
    return [*(found.live.evidence if found.live else ()), *map(Evidence, passages)]


def _lacks_station(found: Findings, generation: Generation) -> bool:
    """Whether a live question was answered without citing a station."""
    wanted = found.live is not None and found.live.status == "answered"
    return wanted and not any(source.evidence.kind == "station" for source in generation.sources)


def _offline_knows(found: Findings) -> bool:
    live = found.live is not None and found.live.status == "answered"
    return live or (found.documents is not None and found.documents.answerable)


def _offline(found: Findings) -> Answer:
    """Live sentences, then quotes; or that there is no source."""
    offline, documents = _Offline(), found.documents
    if found.live is not None:
        _add_live(offline, found)
    if documents is not None and documents.answerable:
        quoted = extractive(documents.quotes, offline.sources, _lead(found.understanding.text, documents))
        offline.texts += [quoted] if quoted else []
        offline.by += ["extractive"] if quoted else []
    elif offline.texts and documents is not None:
        offline.texts.append(fixed_text("no_source", found.understanding.answer_lang))
    if not offline.texts:
        return _nothing(found)
    sources, flags = tuple(offline.sources), tuple(offline.flags)
    return Answer(
        "\n\n".join(offline.texts), sources, flags, "+".join(offline.by), answered=bool(sources), findings=found
    )


def _lead(question: str, documents: DocumentEvidence) -> WorkedSum | PriceRow | None:
    """A sum, or the price of one row, that the quoted documents give; to be said first."""
    quoted = {quote.passage.document_id for quote in documents.quotes}
    passages = [passage for passage in documents.found.passages if passage.document_id in quoted]
    rows = [
        Quote(passage, start, stop, passage.text[start:stop], passage.score)
        for passage in passages
        for start, stop in sentences(passage.text)
    ]
    lang = passages[0].lang if passages else "en"
    return worked_sum(question, rows, lang) or price_row(question, rows, lang)


def _add_live(offline: _Offline, found: Findings) -> None:
    """The live sentences, through the same check as a model's."""
    if found.live is None:
        return
    citations = Citations(found.live.evidence, sources=offline.sources)
    offline.texts.append(citations.feed(found.live.text) + citations.finish())
    offline.flags += [flag for flag in citations.flags if found.live.evidence]
    offline.by.append("live")


def _nothing(found: Findings) -> Answer:
    known, documents = found.understanding, found.documents
    if documents is None:
        return _fixed(fixed_text("documents_away", known.answer_lang), found, answered=False)
    topics = tuple(documents.topics)
    text = no_source(known.answer_lang, topics, station=known.question.rules.live and asks_availability(known.text))
    return replace(_fixed(text, found, answered=False), topics=topics)


def _fixed(text: str, found: Findings, *, answered: bool) -> Answer:
    return Answer(text, (), (), "fixed", answered=answered, findings=found)


def _shown(answer: Answer, show: Show) -> Answer:
    show(TextShown(text=answer.text))
    return answer
