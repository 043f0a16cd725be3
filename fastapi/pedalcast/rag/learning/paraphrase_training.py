"""What is learned from where documents come with paraphrases: the paraphrases themselves, asked as questions.

Every paraphrase is asked with itself hidden from the index. No evaluation question is used for training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecaster.arrays import Bools, Doubles
from pedalcast.rag.evaluation.evaluation_run import BOT
from pedalcast.rag.learning.ranking_samples import subset
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.ranking.fusion import fused_scores, lent_scores
from pedalcast.rag.ranking.paraphrase_support import support_by_document
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.prepared_query import ParaphraseSupport
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.types import Document


@dataclass(frozen=True, slots=True)
class ParaphraseSample:
    """One question: `scores` [texts], fused, with what paraphrases lend them; `right` [texts]; `documents` [texts];
    `signals` of the texts alone; `support` by document."""

    scores: Doubles
    right: Bools
    documents: Sequence[str]
    signals: Signals
    support: Mapping[str, ParaphraseSupport]

    @property
    def hit(self) -> bool:
        """Whether the first text is right."""
        return bool(self.right[np.argmax(self.scores)])


def ask(retrieval: RetrievalPipeline, text: str, lang: str, document: str | None = None) -> list[ParaphraseSample]:
    """A question's sample, none where nothing is found; of a paraphrase of `document` with itself hidden."""
    chunks = retrieval.searching.candidates(text, lang, BOT)
    if not chunks:
        return []
    signals, _, _ = retrieval.judge.signals_of(text, lang, BOT, chunks)
    hidden = np.array([c.is_paraphrase and c.document == document and c.text == text for c in chunks])
    return [sample_of(signals, chunks, document, hidden)]


def sample_of(signals: Signals, chunks: Sequence[Chunk], document: str | None, hidden: Bools) -> ParaphraseSample:
    """The sample of candidates with some of them hidden; the texts of `document` are right."""
    support = support_by_document(signals, chunks, hidden)
    texts = [i for i, chunk in enumerate(chunks) if not chunk.is_paraphrase]
    where = signals.layout
    sentences = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in texts])
    documents = [chunks[i].document for i in texts]
    right = np.array([of_text == document for of_text in documents])
    shown = np.flatnonzero(~hidden)
    scores = np.full(len(chunks), -np.inf)
    scores[shown] = lent_scores(fused_scores(signals.passages[shown]), [chunks[i] for i in shown.tolist()])
    return ParaphraseSample(scores[texts], right, documents, subset(signals, texts, sentences), support)


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


def hits(samples: Sequence[ParaphraseSample]) -> float:
    """The share of questions whose first text is right."""
    return float(np.mean([sample.hit for sample in samples]))
