"""The part of an article that answers: its opening and its best section, in the document's order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.ranking.signals import SENTENCE, Signals
from pedalcast.rag.text.chunk import Chunk

MOST_SENTENCES = 6  # of one document
_OPENING = 3
_COVERAGE, _MAXSIM = SENTENCE.index("coverage"), SENTENCE.index("maxsim")


def has_sections(chunks: Sequence[Chunk]) -> bool:
    """Whether a document's texts have Markdown headings below the title."""
    return any(chunk.text.startswith("#") or "\n#" in chunk.text for chunk in chunks)


def chosen_sentences(chunks: Sequence[Chunk], signals: Signals, most: int = MOST_SENTENCES) -> list[int]:
    """The sentences to quote, as indexes into `signals.layout`, in the document's order.

    `chunks` are all texts of one document, in order. A section is as good as its best sentence, its heading included:
    the share of the question's weight in its words, and the similarity word by word.
    """
    section, heading = _sections(chunks, signals)
    worth = signals.sentences[:, _COVERAGE] + signals.sentences[:, _MAXSIM]
    opening: list[int] = np.flatnonzero((section == 0) & ~heading)[:_OPENING].tolist()
    later = [number for number in np.unique(section) if number and ((section == number) & ~heading).any()]
    if not later:
        return opening[:most]
    best = max(later, key=lambda number: _section_worth(section == number, signals))
    body = np.flatnonzero((section == best) & ~heading)
    room = max(1, most - len(opening))
    body = np.sort(body[np.argsort(-worth[body], kind="stable")[:room]])
    return [*opening[: most - len(body)], *body.tolist()]


def _section_worth(mask: NDArray[np.bool_], signals: Signals) -> float:
    own = signals.sentences[mask]
    return float(own[:, _COVERAGE].max() + own[:, _MAXSIM].max())


def _sections(chunks: Sequence[Chunk], signals: Signals) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Each sentence's section, 0 before the first heading, and whether it is a heading itself."""
    where = signals.layout
    heading = np.array(
        [chunks[p].text.startswith("#", start) for p, start in zip(where.passage, where.starts, strict=True)], bool
    )
    return np.cumsum(heading), heading
