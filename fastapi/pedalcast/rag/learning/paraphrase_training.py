"""Trains the ranking weights for documents with paraphrases, from the paraphrases themselves.

Every paraphrase is asked twice: with itself hidden from the index, and with all its look-alikes hidden as well, of
other documents too, so that the weights generalise to unseen questions. No evaluation question is used for training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecaster.arrays import Bools, Doubles
from pedalcast.rag.evaluation.evaluation_run import BOT
from pedalcast.rag.learning import learners
from pedalcast.rag.learning.ranking_samples import subset
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking.answerability import PARAPHRASE_SIGNALS
from pedalcast.rag.ranking.paraphrase_support import paraphrase_signals, support_by_document
from pedalcast.rag.ranking.signals import PASSAGE, Signals
from pedalcast.rag.retrieval.prepared_query import ParaphraseSupport
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.types import Document

_L2 = 3e-3
_ALIKE = 0.5  # of the question's weight in terms that the paraphrase has too
_UNLIKE = 3.0  # what a paraphrase counts that shares less than `_ALIKE` with its own document's text, beside others' 1


@dataclass(frozen=True, slots=True)
class ParaphraseSample:
    """One question: `rows` [texts, 2 · len(PASSAGE)], the texts' own signals and those of their paraphrases; `right`
    [texts]; `documents` [texts]; `signals` of the texts alone; `support` by document; the share of unknown weight, the
    number of terms."""

    rows: Doubles
    right: Bools
    documents: Sequence[str]
    signals: Signals
    support: Mapping[str, ParaphraseSupport]
    unseen: float
    terms: int

    @property
    def shared(self) -> float:
        """The part of the question's weight in terms that a right text has."""
        return float(self.rows[self.right, PASSAGE.index("coverage")].max(initial=0.0))

    def hit(self, weights: Doubles) -> bool:
        """Whether the first text is right."""
        return bool(self.right[np.argmax(self.rows @ weights)])


def ask(retrieval: RetrievalPipeline, text: str, lang: str, document: str | None = None) -> list[ParaphraseSample]:
    """A question's samples: two of a paraphrase of `document` (itself hidden, look-alikes hidden), else one."""
    chunks = retrieval.candidates(text, lang=lang, bot_id=BOT)
    if not chunks:
        return []
    signals, unseen, terms = retrieval.signals_of(text, lang, BOT, chunks)
    itself = np.array([c.is_paraphrase and c.document == document and c.text == text for c in chunks])
    paraphrases = np.array([chunk.is_paraphrase for chunk in chunks])
    alike = paraphrases & (signals.passages[:, PASSAGE.index("coverage")] >= _ALIKE)
    hidden = [itself] if document is None else [itself, itself | alike]
    return [ParaphraseSample(*_texts(signals, chunks, document, away), unseen, terms) for away in hidden]


def _texts(
    signals: Signals, chunks: Sequence[Chunk], document: str | None, hidden: Bools
) -> tuple[Doubles, Bools, list[str], Signals, dict[str, ParaphraseSupport]]:
    """The first five fields of `ParaphraseSample`."""
    support = support_by_document(signals, chunks, hidden)
    texts = [i for i, chunk in enumerate(chunks) if not chunk.is_paraphrase]
    where = signals.layout
    sentences = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in texts])
    documents = [chunks[i].document for i in texts]
    right = np.array([of_text == document for of_text in documents])
    rows = np.column_stack([signals.passages, paraphrase_signals(support, chunks)])[texts]
    return rows, right, documents, subset(signals, texts, sentences), support


def collect(
    retrieval: RetrievalPipeline, documents: Iterable[Document], lang: str, tell: Callable[[], None] = lambda: None
) -> list[ParaphraseSample]:
    """The samples of all paraphrases of documents that are in the index."""
    samples: list[ParaphraseSample] = []
    for document in documents:
        for paraphrase in document.paraphrases:
            samples += ask(retrieval, paraphrase.strip(), lang, document.id)
            tell()
    return samples


def learn_weights(samples: Sequence[ParaphraseSample]) -> Doubles:
    """The weights of a text's own signals and of its paraphrases'; [2 · len(PASSAGE)], 0 where not used."""
    used = [*range(len(PASSAGE)), *(len(PASSAGE) + PASSAGE.index(name) for name in PARAPHRASE_SIGNALS)]
    groups = [(sample.rows[:, used], sample.right) for sample in samples]
    share = np.array([_UNLIKE if sample.shared < _ALIKE else 1.0 for sample in samples])
    weights = np.zeros(2 * len(PASSAGE))
    weights[used] = learners.fit_listwise(groups, share, _L2, positive=True)
    return weights


def hits(samples: Sequence[ParaphraseSample], weights: Doubles) -> float:
    """The share of questions whose first text is right."""
    return float(np.mean([sample.hit(weights) for sample in samples]))


def as_saved(weights: Doubles) -> dict[str, dict[str, float]]:
    """The weights as `blend.asked_weights` reads them."""
    weights_by_kind = {"text": weights[: len(PASSAGE)], "asked": weights[len(PASSAGE) :]}
    return {
        part: {name: round(float(w), 3) for name, w in zip(PASSAGE, values, strict=True) if w >= 5e-4}
        for part, values in weights_by_kind.items()
    }
