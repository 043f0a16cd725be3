"""Documents cut into chunks at sentence ends, each with its terms and sentences worked out once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.text.chunk import TERM, Chunk
from pedalcast.rag.text.heading_path import HeadingPaths
from pedalcast.rag.text.segmentation import language, sentences
from pedalcast.rag.text.tokens import number, terms
from pedalcast.rag.types import Document

VERSION = 4  # part of every content hash: raise it when cutting, terms, sentences or headings change

_SMALLEST = 40  # characters of a section that stands alone


def split_document(document: Document, bot: str, digest: str, chunk_chars: Mapping[str, int]) -> list[Chunk]:
    """The document's chunks, of at most about `chunk_chars[lang]` characters, then its paraphrases.

    Chunks do not overlap and break only between sentences, so every sentence lies in exactly one of them. A single
    sentence longer than the limit stays whole. Chunks are found by the document's title too. A chunk has the path of
    headings above its first sentence, a paraphrase the heading of the section it is about, "" where that is the whole
    document.
    """
    lang = document.lang or language(document.text)
    title = analyse(document.title, lang)
    keys = title["key"][~title["light"]]
    chunks: list[Chunk] = []

    def add(text: str, start: int, stop: int, page: int | None, *, is_paraphrase: bool, heading: str = "") -> None:
        uid = str(uuid5(NAMESPACE_URL, f"{bot}\n{document.id}\n{digest}\n{len(chunks)}"))
        spans = [(0, len(text))] if is_paraphrase else sentences(text)
        chunks.append(
            Chunk(
                uid=uid, bot=bot, document=document.id, number=len(chunks), is_paraphrase=is_paraphrase, lang=lang,
                start=start, stop=stop, page=page, text=text, terms=analyse(text, lang),
                sentences=np.array(spans, np.uint32),
                title=keys[:0] if is_paraphrase else keys, heading=heading,
            )
        )  # fmt: skip

    paths = HeadingPaths(document.text, document.title, document.outline)
    for start, stop in spans_of(document.text, chunk_chars[lang]):
        page = bisect_right(document.page_starts, start) or None
        text = document.text[start:stop]
        first = next((begin for begin, _ in sentences(text) if not text.startswith("#", begin)), 0)
        add(text, start, stop, page, is_paraphrase=False, heading=paths.at(start + first))
    about = {question.strip(): heading for question, heading in document.paraphrase_sections.items()}
    for paraphrase in dict.fromkeys(text.strip() for text in document.paraphrases):
        if paraphrase and chunks:
            add(paraphrase, 0, 0, None, is_paraphrase=True, heading=about.get(paraphrase, ""))
    return chunks


def spans_of(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Spans of whole sentences, of at most about `limit` characters: the sections below Markdown headings, and pieces
    of those that are longer."""
    for section in _sections(text, sentences(text)):
        yield from _even_spans(section, limit)


def _sections(text: str, spans: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Sentences by section: a heading opens one where enough stands before it."""
    sections: list[list[tuple[int, int]]] = []
    for span in spans:
        opens = text.startswith("#", span[0]) and sections and sections[-1][-1][1] - sections[-1][0][0] >= _SMALLEST
        if opens or not sections:
            sections.append([])
        sections[-1].append(span)
    return sections


def _even_spans(spans: Sequence[tuple[int, int]], limit: int) -> Iterator[tuple[int, int]]:
    """Spans of about the same length, so that no tiny rest is left at the end."""
    total = spans[-1][1] - spans[0][0]
    target = total / max(1, -(-total // limit))
    begin, end = spans[0]
    for start, stop in spans[1:]:
        nearer_now = abs(end - begin - target) <= abs(stop - begin - target)
        if stop - begin > limit or (total > limit and nearer_now):
            yield begin, end
            begin = start
        end = stop
    yield begin, end


def analyse(text: str, lang: str) -> NDArray[np.void]:
    """The text's terms as records of `TERM`."""
    document_terms = terms(text, lang)
    return np.array([(number(t.key), t.start, t.end, t.morpheme, t.kind, t.light) for t in document_terms], TERM)
