"""The support a document's paraphrases give it, and how well its texts and paraphrases together cover a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from forecaster.arrays import Bools, Doubles
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.prepared_query import ParaphraseSupport
from pedalcast.rag.text.chunk import Chunk

JOINT_SIGNALS = ("maxsim", "coverage", "worst_word", "gap", "odd")


def support_by_document(
    signals: Signals, chunks: Sequence[Chunk], hidden: Bools | None = None
) -> dict[str, ParaphraseSupport]:
    """The support of every document among candidates; candidates that are `hidden` do not count."""
    shown = np.ones(len(chunks), bool) if hidden is None else ~hidden
    paraphrases = np.array([chunk.is_paraphrase for chunk in chunks], bool)
    documents = np.array([chunk.document for chunk in chunks])
    support = {}
    for document in dict.fromkeys(documents.tolist()):
        of_document = shown & (documents == document)
        best_signals = signals.passages[of_document & paraphrases].max(axis=0, initial=0.0)
        near = signals.near[:, of_document].max(axis=1, initial=-1.0)
        support[document] = ParaphraseSupport(best_signals, near, np.asarray(signals.held[:, of_document].any(axis=1)))
    return support


def joint_signals(parts: Iterable[ParaphraseSupport], signals: Signals) -> Doubles:
    """How well documents cover a question together, as `JOINT_SIGNALS` names it: `gap` is the weighted squared
    distance of its words from the nearest ones, `odd` the largest weight of a term that none of them has. `signals`
    are those of any candidates for the same question."""
    supports = list(parts)
    words, terms = signals.word_share, signals.term_share
    near = np.max([part.near for part in supports], axis=0) if supports else np.zeros(len(words))
    held = np.any([part.held for part in supports], axis=0) if supports else np.zeros(len(terms), bool)
    odd = terms[~held].max(initial=0.0)
    return np.array([words @ near, terms @ held, near.min(initial=1.0), words @ (1 - near) ** 2, odd])
