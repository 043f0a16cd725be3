"""The sentences of passages that answer a question, verbatim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llama_index.core.schema import NodeWithScore

from forecaster.arrays import Doubles
from pedalcast.rag.config import RagConfig
from pedalcast.rag.ranking import sentence_ranking
from pedalcast.rag.ranking.section_choice import MOST_SENTENCES, chosen_sentences, has_sections
from pedalcast.rag.retrieval.candidates import ChunkNode
from pedalcast.rag.search.answer_judge import AnswerJudge
from pedalcast.rag.search.passage_search import PassageSearch
from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.types import Passage, Quote

_QUOTES = 3
_TRUST = 50.0  # in the reranker over the sentences, where paraphrases tell it what no sentence does
_CLOSE = 1.0  # in the reranker's score: so near a second document is quoted too


class Quotation:
    """Chooses sentences of what a search has found."""

    def __init__(self, config: RagConfig, store: ChunkStore, search: PassageSearch, judge: AnswerJudge) -> None:
        self._config, self._store, self._search, self._judge = config, store, search, judge

    def sentences(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The one to three sentences of the passages that best answer the question, best first.

        A Markdown heading says nothing by itself and is never one of them.
        """
        if not passages:
            return []
        chunks, signals = self._judge.signals(question, passages)
        by_uid = {p.chunk_id: p for p in passages}
        scores = (
            signals.sentences[:, 0]
            if "extract" in self._config.off
            else sentence_ranking.sentence_scores(signals, passages[0].lang)
        )
        if self._judge.has_paraphrases(passages[0].bot_id, passages[0].lang):
            scores = scores + _TRUST * _behind([by_uid[c.uid] for c in chunks])[signals.layout.passage]
        where, quotes = signals.layout, []
        for best in np.argsort(-scores, kind="stable"):
            chunk, start, stop = chunks[where.passage[best]], int(where.starts[best]), int(where.stops[best])
            if not chunk.text.startswith("#", start):
                quotes.append(Quote(by_uid[chunk.uid], start, stop, chunk.text[start:stop], float(scores[best])))
            if len(quotes) == _QUOTES:
                break
        return quotes

    def sections(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The opening and the best section of the first document, and of the next where it is close behind.

        In the document's order. Documents without headings are quoted by `sentences`.
        """
        documents = _leading(passages)
        quotes = [self._sections_of(question, document, passages, len(documents)) for document in documents]
        if not quotes or not quotes[0]:
            return self.sentences(question, passages)
        return [quote for part in quotes for quote in part]

    def _sections_of(self, question: str, document: str, passages: Sequence[Passage], documents: int) -> list[Quote]:
        first = passages[0]
        stored = self._store.document_chunks(first.bot_id, document)
        chunks = [chunk for chunk in stored if not chunk.is_paraphrase]
        if not has_sections(chunks):
            return []
        asked = [chunk for chunk in stored if chunk.is_paraphrase and chunk.heading]
        signals, _, _ = self._judge.signals_of(question, first.lang, first.bot_id, [*chunks, *asked])
        score = max(p.score for p in passages if p.document_id == document)
        nodes = [NodeWithScore(node=ChunkNode.of(chunk), score=score) for chunk in chunks]
        owners, where = self._search.passages(nodes), signals.layout
        most = MOST_SENTENCES if documents == 1 else MOST_SENTENCES - 1
        return [
            Quote(owner, start, stop, owner.text[start:stop], score)
            for i in chosen_sentences([*chunks, *asked], signals, most)
            for owner in [owners[where.passage[i]]]
            for start, stop in [(int(where.starts[i]), int(where.stops[i]))]
        ]


def _best_scores(passages: Sequence[Passage]) -> dict[str, float]:
    """The score of each document's best passage, by document, in the order in which they come."""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.document_id] = max(passage.score, best.get(passage.document_id, passage.score))
    return best


def _leading(passages: Sequence[Passage]) -> list[str]:
    """The best document, and the second where it is less than `_CLOSE` behind it."""
    best = _best_scores(passages)
    ordered = sorted(best, key=lambda document: -best[document])
    return [document for document in ordered[:2] if best[ordered[0]] - best[document] < _CLOSE]


def _behind(passages: Sequence[Passage]) -> Doubles:
    """How far each passage's document is behind the best one, by its best passage; 0 or less. [passages]"""
    best = _best_scores(passages)
    scores = np.array([best[passage.document_id] for passage in passages], np.float64)
    behind: Doubles = scores - scores.max()
    return behind
