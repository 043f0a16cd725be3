"""Learn the weights where documents come with alternative wordings, from the wordings themselves.

Every wording is asked twice: with itself hidden from the index, and with all its look-alikes hidden as well, those of
other documents too, so that what is learned holds for questions nobody foresaw. Nothing else is asked, least of all the
low-overlap questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag import abstain
from pedalcast.rag.evaluate.run import BOT
from pedalcast.rag.learning import fits
from pedalcast.rag.learning.samples import subset
from pedalcast.rag.pipeline import Retrieval
from pedalcast.rag.rerank import lent
from pedalcast.rag.signals import PASSAGE, Signals
from pedalcast.rag.store import Chunk
from pedalcast.rag.types import Document

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LENT = ("bigrams", "cosine", "maxsim", "coverage", "worst_word")  # of a wording; as it is one sentence, the rest repeat
_L2 = 3e-3
_L2_JUDGE = 1e-2
_ALIKE = 0.5  # of the question's weight in terms that the wording has too
_TOP = 8
_COVERED = 0.90  # of the wordings, so asked, are answered; they are harder than what riders ask
_UNLIKE = 3.0  # what a wording counts that shares less than `_ALIKE` with its own document's text, beside others' 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `rows` [texts, 2 · len(PASSAGE)], the texts' own signals and what wordings lend them; `right`
    [texts]; `signals` of the texts alone; the share of unknown weight, the number of terms."""

    rows: Floats
    right: Bools
    signals: Signals
    unseen: float
    terms: int

    @property
    def shared(self) -> float:
        """The part of the question's weight in terms that a right text has."""
        return float(self.rows[self.right, PASSAGE.index("coverage")].max(initial=0.0))

    def evidence(self, weights: Floats, *, without: bool = False) -> Floats | None:
        """What is judged by, and the best score, optionally with the right texts taken away; None if none is left."""
        scores = self.rows @ weights
        order = [i for i in np.argsort(-scores, kind="stable") if not (without and self.right[i])][:_TOP]
        if not order:
            return None
        where = self.signals.layout
        sentences = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in order])
        features = abstain.features(subset(self.signals, order, sentences), self.unseen, self.terms)
        return np.append(features, scores[order[0]])


def ask(retrieval: Retrieval, text: str, lang: str, document: str | None = None) -> list[Asked]:
    """A question's samples: of a wording of `document` two, with itself and with its look-alikes hidden; else one."""
    chunks = retrieval.candidates(text, lang=lang, bot_id=BOT)
    if not chunks:
        return []
    signals, unseen, terms = retrieval.signals_of(text, lang, BOT, chunks)
    itself = np.array([c.question and c.document == document and c.text == text for c in chunks])
    wordings = np.array([chunk.question for chunk in chunks])
    alike = wordings & (signals.passages[:, PASSAGE.index("coverage")] >= _ALIKE)
    hidden = [itself] if document is None else [itself, itself | alike]
    return [Asked(*_texts(signals, chunks, document, away), unseen, terms) for away in hidden]


def _texts(
    signals: Signals, chunks: Sequence[Chunk], document: str | None, hidden: Bools
) -> tuple[Floats, Bools, Signals]:
    """The first three fields of `Asked`."""
    given = lent(signals.passages, chunks, hidden)
    texts = [i for i, chunk in enumerate(chunks) if not chunk.question]
    where = signals.layout
    sentences = np.concatenate([np.arange(where.first[i], where.first[i] + where.count[i]) for i in texts])
    right = np.array([chunks[i].document == document for i in texts])
    return np.column_stack([signals.passages, given])[texts], right, subset(signals, texts, sentences)


def collect(
    retrieval: Retrieval, documents: Iterable[Document], lang: str, tell: Callable[[], None] = lambda: None
) -> list[Asked]:
    """The samples of all wordings of documents that are in the index."""
    samples: list[Asked] = []
    for document in documents:
        for wording in document.questions:
            samples += ask(retrieval, wording.strip(), lang, document.id)
            tell()
    return samples


def learn_weights(samples: Sequence[Asked]) -> Floats:
    """The weight of each of a text's signals and of what wordings lend it; [2 · len(PASSAGE)], 0 where not used."""
    used = [*range(len(PASSAGE)), *(len(PASSAGE) + PASSAGE.index(name) for name in LENT)]
    groups = [(sample.rows[:, used], sample.right) for sample in samples]
    share = np.array([_UNLIKE if sample.shared < _ALIKE else 1.0 for sample in samples])
    weights = np.zeros(2 * len(PASSAGE))
    weights[used] = fits.listwise(groups, share, _L2, positive=True)
    return weights


def hits(samples: Sequence[Asked], weights: Floats) -> float:
    """The share of questions whose first text is right."""
    return float(np.mean([sample.right[np.argmax(sample.rows @ weights)] for sample in samples]))


def learn_judge(on: Sequence[Asked], off: Sequence[Asked], weights: Floats) -> dict[str, float]:
    """The judgement: wordings against off-topic questions, and against wordings with their document taken away."""
    yes = [row for s in on if (row := s.evidence(weights)) is not None]
    no = [row for s in off if (row := s.evidence(weights)) is not None]
    away = [row for s in on if (row := s.evidence(weights, without=True)) is not None]
    rows = np.array([*yes, *no, *away])
    share = np.repeat([1 / len(yes), 1 / max(1, len(no)), 0.5 / max(1, len(away))], [len(yes), len(no), len(away)])
    found, bias = fits.logistic(rows, np.arange(len(rows)) < len(yes), share, _L2_JUDGE)
    named = dict(zip((*abstain.FEATURES, "score"), (round(float(w), 4) for w in found), strict=True))
    sure = np.sort(1 / (1 + np.exp(-(np.array(yes) @ found + bias))))
    return named | {"bias": round(bias, 4), "threshold": round(float(np.quantile(sure, 1 - _COVERED)), 4)}


def as_saved(weights: Floats) -> dict[str, dict[str, float]]:
    """The weights as `blend.asked_weights` reads them."""
    parts = {"text": weights[: len(PASSAGE)], "asked": weights[len(PASSAGE) :]}
    return {
        part: {name: round(float(w), 3) for name, w in zip(PASSAGE, values, strict=True) if w >= 5e-4}
        for part, values in parts.items()
    }
