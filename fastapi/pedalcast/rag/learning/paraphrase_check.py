"""Paraphrases that would lead a rider to another document than the one they stand under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pedalcast.rag.learning.paraphrase_training import ask
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document


@dataclass(frozen=True, slots=True)
class LostParaphrase:
    """A paraphrase of `document` for which `found` comes first, asked with itself hidden."""

    paraphrase: str
    document: str
    found: str


def lost_paraphrases(
    retrieval: RetrievalPipeline, documents: Iterable[Document], lang: str
) -> Iterator[LostParaphrase]:
    """The paraphrases of documents that land elsewhere; the documents are in the index of the evaluation's bot."""
    for document in documents:
        for paraphrase in document.paraphrases:
            for sample in ask(retrieval, paraphrase.strip(), lang, document.id):
                if not sample.hit:
                    found = sample.documents[int(np.argmax(sample.scores))]
                    yield LostParaphrase(paraphrase, document.id, found)
