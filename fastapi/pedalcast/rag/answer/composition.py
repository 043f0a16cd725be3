"""Makes the answer out of what the legs brought: by the model where there is one, else by quoting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from pedalcast.rag.answer.extractive import extractive
from pedalcast.rag.answer.generation import Generation, generate
from pedalcast.rag.answer.price_row import PriceRow, price_row
from pedalcast.rag.answer.refusals import fixed_text, no_source, small_talk
from pedalcast.rag.answer.run_state import Answer, DocumentEvidence, QuestionState, WorkflowComponents
from pedalcast.rag.answer.worked_sum import WorkedSum, worked_sum
from pedalcast.rag.answer.workflow_events import TextShown
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


async def compose(progress: QuestionState, parts: WorkflowComponents, show: Show) -> Answer:
    """The answer, shown as it comes. Raises `ProviderError` where the model fails and nothing may stand in for it."""
    route = progress.routing.route if progress.routing else Route.DOCUMENTS
    rules = progress.question.rules
    if route is Route.SMALL_TALK:
        text = small_talk(progress.question.text, progress.answer_lang, guide=rules.about_service)
        return _fixed(text, route, progress, show, answered=True)
    if route is Route.OUT_OF_SCOPE:
        return _fixed(fixed_text("out_of_scope", progress.answer_lang), route, progress, show, answered=False)
    away = progress.model_away and parts.reasoner is parts.model
    if parts.model is not None and not (away and parts.fall_back):
        answer = await _by_model(progress, parts, parts.model, route, show)
        if answer is not None:
            return answer
    return _offline(progress, route, show)


async def _by_model(
    progress: QuestionState, parts: WorkflowComponents, model: LanguageModel, route: Route, show: Show
) -> Answer | None:
    """The model's answer; None where it is to be given without the model."""
    evidence = _evidence(progress)
    if not evidence:
        return None
    generation = Generation()
    try:
        pieces = generate(
            model, progress.text, evidence, progress.answer_lang, generation, rules=progress.question.rules
        )
        async with aclosing(pieces):
            async for piece in pieces:
                show(TextShown(text=piece))
    except ProviderError as error:
        if not parts.fall_back:
            raise
        _give_up(progress, generation, str(error), error.reason, show)
        return None
    if generation.declined:
        progress.note("the language model found no answer in the passages")
        return None if _offline_knows(progress) else _nothing(progress, route, show)
    if not generation.grounded or _lacks_station(progress, generation):
        _give_up(progress, generation, "the language model's answer did not hold", "ungrounded", show)
        return None
    sources, flags = tuple(generation.sources), tuple(generation.flags)
    return Answer(generation.text.strip(), sources, flags, "model", answered=True, route=route, progress=progress)


def _give_up(progress: QuestionState, generation: Generation, why: str, reason: str, show: Show) -> None:
    """Take back what was shown, and leave the answer to the quotes."""
    progress.note(why)
    progress.fallback = reason
    progress.withdrawn += generation.flags
    if generation.text:
        show(TextShown(restart=True, reason=reason))


def _evidence(progress: QuestionState) -> list[Evidence]:
    """Station data first, then passages. None where it must first be asked which station is meant."""
    live = list(progress.live.evidence) if progress.live else []
    if progress.live is not None and progress.live.status != "answered":
        return []
    found = progress.documents.found.passages if progress.documents else ()
    return live + [Evidence(passage) for passage in found]


def _lacks_station(progress: QuestionState, generation: Generation) -> bool:
    """Whether a live question was answered without citing a station."""
    wanted = progress.live is not None and progress.live.status == "answered"
    return wanted and not any(source.evidence.kind == "station" for source in generation.sources)


def _offline_knows(progress: QuestionState) -> bool:
    live = progress.live is not None and progress.live.status == "answered"
    return live or (progress.documents is not None and progress.documents.answerable)


def _offline(progress: QuestionState, route: Route, show: Show) -> Answer:
    """Live sentences, then quotes; or that there is no source."""
    offline = _Offline()
    if progress.live is not None:
        _add_live(offline, progress)
    if progress.documents is not None and progress.documents.answerable:
        quoted = extractive(progress.documents.quotes, offline.sources, _lead(progress.text, progress.documents))
        offline.texts += [quoted] if quoted else []
        offline.by += ["extractive"] if quoted else []
    elif offline.texts and progress.documents is not None:
        offline.texts.append(fixed_text("no_source", progress.answer_lang))
    if not offline.texts:
        return _nothing(progress, route, show)
    text = "\n\n".join(offline.texts)
    show(TextShown(text=text))
    flags = (*progress.withdrawn, *offline.flags)
    by = "+".join(offline.by)
    answered = bool(offline.sources)
    return Answer(text, tuple(offline.sources), flags, by, answered=answered, route=route, progress=progress)


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


def _add_live(offline: _Offline, progress: QuestionState) -> None:
    """The live sentences, through the same check as a model's."""
    if progress.live is None:
        return
    citations = Citations(progress.live.evidence, sources=offline.sources)
    offline.texts.append(citations.feed(progress.live.text) + citations.finish())
    offline.flags += [flag for flag in citations.flags if progress.live.evidence]
    offline.by.append("live")


def _nothing(progress: QuestionState, route: Route, show: Show) -> Answer:
    lang, documents = progress.answer_lang, progress.documents
    if documents is None:
        return _fixed(fixed_text("documents_away", lang), route, progress, show, answered=False)
    topics = tuple(documents.topics)
    text = no_source(lang, topics, station=progress.question.rules.live and asks_availability(progress.text))
    return _fixed(text, route, progress, show, answered=False, topics=topics)


def _fixed(
    text: str, route: Route, progress: QuestionState, show: Show, *, answered: bool, topics: tuple[str, ...] = ()
) -> Answer:
    show(TextShown(text=text))
    flags = tuple(progress.withdrawn)
    return Answer(text, (), flags, "fixed", answered=answered, route=route, progress=progress, topics=topics)
