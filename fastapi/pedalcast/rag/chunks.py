"""Documents cut into chunks at sentence ends, each with its terms and sentences worked out once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.store import TERM, Chunk
from pedalcast.rag.text import language, sentences
from pedalcast.rag.tokens import number, terms
from pedalcast.rag.types import Document

VERSION = 1  # part of every content hash: raise it when cutting, terms or sentences change


def split(document: Document, bot: str, digest: str, chunk_chars: Mapping[str, int]) -> list[Chunk]:
    """The document's chunks, of at most about `chunk_chars[lang]` characters, then its alternative questions.

    Chunks do not overlap and break only between sentences, so every sentence lies in exactly one of them. A single
    sentence longer than the limit stays whole. The title counts as the first alternative question.
    """
    lang = document.lang or language(document.text)
    chunks: list[Chunk] = []
    for start, stop in _spans(document.text, chunk_chars[lang]):
        page = bisect_right(document.page_starts, start) or None if document.page_starts else None
        chunks.append(_chunk(document, bot, digest, len(chunks), lang, start, stop, page))
    for question in dict.fromkeys(q.strip() for q in (document.title, *document.questions)):
        if question and chunks:
            chunks.append(_question(document, bot, digest, len(chunks), lang, question))
    return chunks


def _spans(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Spans of whole sentences; lengths are evened out, so that no tiny rest is left at the end."""
    spans = sentences(text)
    if not spans:
        return
    total = spans[-1][1] - spans[0][0]
    target = total / max(1, -(-total // limit))
    begin, end = spans[0]
    for start, stop in spans[1:]:
        over = stop - begin > limit
        enough = end - begin >= target or (stop - begin - target) > target - (end - begin)
        if over or (enough and total > limit):
            yield begin, end
            begin = start
        end = stop
    yield begin, end


def _chunk(
    document: Document, bot: str, digest: str, index: int, lang: str, start: int, stop: int, page: int | None
) -> Chunk:
    text = document.text[start:stop]
    return Chunk(
        _uid(bot, document.id, digest, index), bot, document.id, index, False, lang, start, stop, page, text,  # noqa: FBT003
        analyse(text, lang), np.array(sentences(text), np.uint32),
    )  # fmt: skip


def _question(document: Document, bot: str, digest: str, index: int, lang: str, question: str) -> Chunk:
    return Chunk(
        _uid(bot, document.id, digest, index), bot, document.id, index, True, lang, 0, 0, None, question,  # noqa: FBT003
        analyse(question, lang), np.array([(0, len(question))], np.uint32),
    )  # fmt: skip


def _uid(bot: str, document: str, digest: str, index: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{bot}\n{document}\n{digest}\n{index}"))


def analyse(text: str, lang: str) -> NDArray[np.void]:
    """The text's terms as records of `TERM`."""
    found = terms(text, lang)
    return np.array([(number(t.key), t.start, t.end, t.morpheme, t.light) for t in found], TERM)
