"""An answer as the API shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from pedalcast.chat.schemas import ChatMetadata, ChatResponse, FlagOut, FurtherPassageOut, ImageOut, QuoteOut, SourceOut
from pedalcast.rag.answer.answer_types import Answer
from pedalcast.rag.grounding.citations import Cited
from pedalcast.rag.text.token_estimate import estimated_tokens
from pedalcast.rag.types import Passage

UPLOADED = "/api/v1/documents/"  # what the addresses of uploaded documents begin with
MOST_QUOTED = 500  # characters of a quote in an address
MOST_IMAGES = 8  # pictures of an answer


def response(
    answer: Answer,
    session_id: str,
    *,
    seconds: float,
    model: str | None,
    now: datetime,
    notices: Callable[[Sequence[str], str], list[str]] = lambda *_: [],
) -> ChatResponse:
    """The whole answer. `now` is the time of the feed's clock, by which ages are told.

    `notices` gives the operator's sentences about the stations it names, in its language.
    """
    stations = [
        cited.evidence.passage.chunk_id.removeprefix("station:")
        for cited in answer.sources
        if cited.evidence.kind == "station"
    ]
    return ChatResponse(
        success=True,
        answer=answer.text,
        response=answer.text,
        sources=[source(cited, now) for cited in answer.sources],
        images=images(answer.sources),
        metadata=_metadata(answer, seconds, model, notices(stations, answer.findings.understanding.answer_lang)),
        session_id=session_id,
    )


def _metadata(answer: Answer, seconds: float, model: str | None, notices: list[str]) -> ChatMetadata:
    known = answer.findings.understanding
    return ChatMetadata(
        rag_type=answer.route.value,
        workflow=[str(step["step"]) for step in answer.steps],
        steps=[dict(step) for step in answer.steps],
        response_time=round(seconds, 4),
        language=known.answer_lang,
        bot_id=known.question.bot_id,
        question=known.question.text,
        rewritten=known.rewritten,
        answered=answer.answered,
        answered_by=answer.by,
        tokens=_tokens(answer),
        model=model,
        fallback=answer.fallback or None,
        flags=[FlagOut(reason=f.reason, sentence=f.sentence, numbers=list(f.numbers)) for f in answer.flags],
        topics=list(answer.topics),
        notes=list(answer.notes),
        notices=notices,
    )


def _tokens(answer: Answer) -> int:
    """The estimate of everything that a language model reads and writes for this answer."""
    question = answer.findings.understanding.question
    texts = [question.text, answer.text, *(turn.text for turn in question.history)]
    texts += [cited.evidence.passage.text for cited in answer.sources]
    return sum(map(estimated_tokens, texts))


def _link(cited: Cited, passage: Passage) -> str | None:
    """The passage's address; of an uploaded document, where its first quoted sentence is opened in it."""
    if passage.url is None or not passage.url.startswith(UPLOADED):
        return passage.url
    own = [passage.text[start:end] for item, start, end in cited.quotes if item.passage.chunk_id == passage.chunk_id]
    query = {"chunk_id": passage.chunk_id} | ({"quote": own[0][:MOST_QUOTED]} if own else {})
    return f"{passage.url}/passage?{urlencode(query)}"


def _further(cited: Cited) -> list[FurtherPassageOut]:
    """The passages quoted beside the one that the source begins with, in the order of their quotes."""
    passages = {item.passage.chunk_id: item.passage for item, _, _ in cited.quotes}
    passages.pop(cited.evidence.passage.chunk_id, None)
    return [
        FurtherPassageOut(
            chunk_id=passage.chunk_id,
            url=_link(cited, passage),
            page=passage.page,
            heading=passage.heading or None,
            content=passage.text,
            start=passage.start,
            end=passage.end,
        )
        for passage in passages.values()
    ]


def images(sources: Sequence[Cited]) -> list[ImageOut]:
    """The pictures that stand by the quoted passages of uploaded documents: each once, the first ones."""
    found: dict[str, ImageOut] = {}
    for cited in sources:
        for passage in dict.fromkeys(item.passage for item, _, _ in cited.quotes):
            for picture in passage.pictures:
                url = f"{passage.url}/pictures/{picture.key}"
                alt = picture.alt or passage.heading or passage.title
                found.setdefault(url, ImageOut(url=url, alt=alt, source=cited.number))
    return list(found.values())[:MOST_IMAGES]


def source(cited: Cited, now: datetime) -> SourceOut:
    """A source with its quoted sentences at their places in the document."""
    passage, seen = cited.evidence.passage, cited.evidence.observed_at
    return SourceOut(
        n=cited.number,
        type="station" if cited.evidence.kind == "station" else "document",
        chunk_id=passage.chunk_id,
        document_id=passage.document_id,
        title=passage.title,
        url=_link(cited, passage),
        page=passage.page,
        heading=passage.heading or None,
        content=passage.text,
        score=round(float(passage.score), 6),
        start=passage.start,
        end=passage.end,
        quotes=[
            QuoteOut(
                text=item.passage.text[start:end],
                chunk_id=item.passage.chunk_id,
                start=item.passage.start + start,
                end=item.passage.start + end,
            )
            for item, start, end in cited.quotes
        ],
        further=_further(cited),
        observed_at=seen,
        age_seconds=None if seen is None else max(0, int((now - seen).total_seconds())),
    )
