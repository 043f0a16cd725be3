"""The part of an article that answers: its opening and its best section, in the document's order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.ranking.signals import PASSAGE, SENTENCE, Signals
from pedalcast.rag.text.chunk import Chunk

MOST_SENTENCES = 6  # of one document
_OPENING = 3
_COVERAGE, _MAXSIM = SENTENCE.index("coverage"), SENTENCE.index("maxsim")
_DENSE = PASSAGE.index("dense")
_BY_COSINE = 4.0  # the cosines of one article's sections differ by tenths, the shares of words by wholes


def has_sections(chunks: Sequence[Chunk]) -> bool:
    """Whether a document's texts have Markdown headings below the title."""
    return any(chunk.text.startswith("#") or "\n#" in chunk.text for chunk in chunks)


def chosen_sentences(chunks: Sequence[Chunk], signals: Signals, most: int = MOST_SENTENCES) -> list[int]:
    """The sentences to quote, as indexes into `signals.layout`, in the document's order.

    `chunks` are all texts of one document, in order, and after them the paraphrases that name a section. A section is
    as good as its best sentence, its heading and its paraphrases included: the share of the question's weight in its
    words, the similarity word by word, and the cosine. What the opening says already is not said again.
    """
    section, is_said = _sections(chunks, signals)
    worth = signals.sentences[:, _COVERAGE] + signals.sentences[:, _MAXSIM]
    opening: list[int] = np.flatnonzero((section == 0) & is_said)[:_OPENING].tolist()
    later = [number for number in np.unique(section) if number > 0 and ((section == number) & is_said).any()]
    if not later:
        return opening[:most]
    best = max(later, key=lambda number: _section_worth(section == number, signals))
    said = [_words(chunks, signals, i) for i in opening]
    body = np.flatnonzero((section == best) & is_said)
    body = np.array([i for i in body.tolist() if not _repeats(_words(chunks, signals, i), said)], np.int64)
    room = max(1, most - len(opening))
    body = np.sort(body[np.argsort(-worth[body], kind="stable")[:room]])
    return [*opening[: most - len(body)], *body.tolist()]


def _words(chunks: Sequence[Chunk], signals: Signals, sentence: int) -> frozenset[int]:
    """The numbers of a sentence's terms."""
    where = signals.layout
    terms = chunks[where.passage[sentence]].terms
    inside = (terms["start"] >= where.starts[sentence]) & (terms["start"] < where.stops[sentence])
    return frozenset(terms["key"][inside].tolist())


def _repeats(words: frozenset[int], said: Sequence[frozenset[int]]) -> bool:
    """Whether one of the sentences said has all these words."""
    return bool(words) and any(words <= other for other in said)


def _section_worth(mask: NDArray[np.bool_], signals: Signals) -> float:
    own, passages = signals.sentences[mask], signals.passages[np.unique(signals.layout.passage[mask])]
    return float(own[:, _COVERAGE].max() + own[:, _MAXSIM].max() + _BY_COSINE * passages[:, _DENSE].max())


def _sections(chunks: Sequence[Chunk], signals: Signals) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Each sentence's section, 0 before the first heading and -1 where it belongs to none, and whether it may be
    quoted: a heading and a paraphrase may not."""
    where = signals.layout
    is_paraphrase = np.array([chunks[p].is_paraphrase for p in where.passage], bool)
    headings = [
        chunks[p].text[start:stop].lstrip("#").strip() if chunks[p].text.startswith("#", start) else None
        for p, start, stop in zip(where.passage, where.starts, where.stops, strict=True)
    ]
    is_heading = np.array([heading is not None for heading in headings], bool) & ~is_paraphrase
    section = np.cumsum(is_heading)
    numbers = {headings[i]: int(section[i]) for i in np.flatnonzero(is_heading)[::-1]}
    for i in np.flatnonzero(is_paraphrase):
        section[i] = numbers.get(chunks[where.passage[i]].heading, -1)
    return section, ~is_heading & ~is_paraphrase
