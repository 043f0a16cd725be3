"""Whether passages answer a question, and the signals by which that is judged and sentences are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from forecaster.arrays import Doubles
from pedalcast.rag.config import RagConfig
from pedalcast.rag.ranking import answerability
from pedalcast.rag.ranking.signal_computer import SignalComputer
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.retrieval.query_preparer import QueryPreparer
from pedalcast.rag.search.passage_search import PassageSearch
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.types import Passage, Quote

_RECENT = 8


class AnswerJudge:
    """Judges what a search has found. Safe to use from several threads."""

    def __init__(self, config: RagConfig, index: DocumentIndex, preparer: QueryPreparer, search: PassageSearch) -> None:
        self._config, self._index, self._preparer, self._search = config, index, preparer, search
        self._signals = SignalComputer(index)
        self._recent: dict[tuple[object, ...], tuple[PreparedQuery, list[Chunk], Signals]] = {}

    def answerable(self, question: str, passages: Sequence[Passage], quotes: Sequence[Quote]) -> float:
        """How likely, from 0 to 1, the passages answer the question."""
        if not passages or not quotes:
            return 0.0
        first = passages[0]
        paraphrased = self.has_paraphrases(first.bot_id, first.lang)
        return answerability.answerable(self.evidence(question, passages), first.lang, paraphrased=paraphrased)

    def threshold(self, lang: str, bot: str) -> float:
        """The `answerable` score from which to answer from a bot's documents."""
        return answerability.threshold(lang, paraphrased=self.has_paraphrases(bot, lang))

    def evidence(self, question: str, passages: Sequence[Passage]) -> Doubles:
        """What `answerable` judges by, as `answerability_features` or `paraphrase_features` has it. [features]"""
        _, signals = self.signals(question, passages)
        first = passages[0]
        ready = self._preparer.prepare(question, first.lang, first.bot_id)
        if not self.has_paraphrases(first.bot_id, first.lang):
            return answerability.answerability_features(signals, self._unseen(ready), len(ready.keys))
        if not ready.support:  # forgotten since it was searched for
            self._search.ranked(question, first.lang, first.bot_id)
        return answerability.paraphrase_features(signals, [p.document_id for p in passages], ready.support)

    def signals(self, question: str, passages: Sequence[Passage]) -> tuple[list[Chunk], Signals]:
        """The chunks of passages and their signals; the last few are kept, as quotes and judgement both need them."""
        first = passages[0]
        ready = self._preparer.prepare(question, first.lang, first.bot_id, dense="dense" not in self._config.off)
        key = (id(ready), *(p.chunk_id for p in passages))
        kept = self._recent.get(key)
        if kept is None or kept[0] is not ready:
            by_uid = {c.uid: c for c in self._index.store.chunks_by_uid([p.chunk_id for p in passages])}
            chunks = [by_uid[p.chunk_id] for p in passages if p.chunk_id in by_uid]
            kept = self._recent[key] = (ready, chunks, self._signals(ready, chunks))
            while len(self._recent) > _RECENT:
                self._recent.pop(next(iter(self._recent)), None)
        return kept[1], kept[2]

    def signals_of(self, question: str, lang: str, bot: str, chunks: Sequence[Chunk]) -> tuple[Signals, float, int]:
        """The signals of chunks, the share of the question's weight in terms no chunk has, how many terms."""
        ready = self._preparer.prepare(question, lang, bot)
        return self._signals(ready, chunks), self._unseen(ready), len(ready.keys)

    def has_paraphrases(self, bot: str, lang: str) -> bool:
        """Whether a bot's documents come with paraphrases."""
        return (
            "questions" not in self._config.off and self._index.lexical.part(bot, lang, is_paraphrase=True) is not None
        )

    def _unseen(self, ready: PreparedQuery) -> float:
        if not len(ready.keys):
            return 1.0
        partition = PartitionKey(ready.bot, ready.lang, is_paraphrase=False)
        known = self._index.lexical.known(partition, ready.keys.tolist())
        return float(ready.idf[~known].sum() / max(ready.idf.sum(), 1e-9))
