"""Retrieval as one object: takes documents, returns passages, quotes and how likely they answer the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore
from numpy.typing import NDArray

from pedalcast.rag.config import RagConfig
from pedalcast.rag.ranking import answerability, sentence_ranking
from pedalcast.rag.ranking.cross_encoder import cross_encoder
from pedalcast.rag.ranking.dedup import Dedup
from pedalcast.rag.ranking.fusion import fused_ranks
from pedalcast.rag.ranking.reranker import SignalReranker
from pedalcast.rag.ranking.section_choice import MOST_SENTENCES, chosen_sentences, has_sections
from pedalcast.rag.ranking.signal_computer import SignalComputer
from pedalcast.rag.ranking.signals import Signals
from pedalcast.rag.retrieval.bm25_retriever import Bm25Retriever
from pedalcast.rag.retrieval.candidate_pool import CandidatePool, SearchLeg, gather_candidates
from pedalcast.rag.retrieval.candidates import ChunkNode, chunk_of
from pedalcast.rag.retrieval.dense_retriever import DenseRetriever
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.retrieval.query_preparer import QueryPreparer
from pedalcast.rag.storage.chunk_store import StoredDocument
from pedalcast.rag.storage.document_filters import EVERYTHING, LANG, DocumentFilters, admits
from pedalcast.rag.storage.document_index import DocumentIndex, IndexProgress
from pedalcast.rag.storage.document_pictures import pictures_by
from pedalcast.rag.storage.index_version import VersionBoard
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.text.tokens import number, terms
from pedalcast.rag.types import Document, IngestReport, Passage, Quote, RetrievalResult

DEFAULT_BOT = "help"
CROSS_POOL = 40  # candidates that a cross-encoder puts in order
_QUOTES = 3
_RECENT = 8
_TRUST = 50.0  # in the reranker over the sentences, where paraphrases tell it what no sentence does
_CLOSE = 1.0  # in the reranker's score: so near a second document is quoted too
_PER_DOCUMENT = 4  # texts that a paraphrase brings in


class RetrievalPipeline:
    """The retrieval half of the chatbot over one data folder. Safe to use from several threads.

    >>> pipeline = RetrievalPipeline(RagConfig(folder))
    >>> report = pipeline.ingest([Document("pass", "Passes", "A day pass costs 5,000 won. It lasts 24 hours.")])
    >>> passages = pipeline.search("How much is a day pass?", lang="en").passages
    >>> pipeline.extract("How much is a day pass?", passages)[0].text
    'A day pass costs 5,000 won.'
    >>> pipeline.close()
    """

    def __init__(self, config: RagConfig, board: VersionBoard | None = None) -> None:
        self.config = config
        self.index = DocumentIndex(config, board)
        self.store = self.index.store
        self._judge = SignalComputer(self.index)
        self._preparer = QueryPreparer(self.index, wide="queries" not in config.off)
        self._workers = ThreadPoolExecutor(4, "leg")
        self._closed = False
        self.embedding_faults: dict[str, str | None] = {}  # of the last search in a language
        self._recent: dict[tuple[object, ...], tuple[PreparedQuery, list[Chunk], Signals]] = {}
        self._cross = cross_encoder(config.cross_encoder, config.top) if config.cross_encoder else None

    def close(self) -> None:
        """Save the indexes and release the files."""
        if not self._closed:
            self._closed = True
            self._workers.shutdown(wait=True, cancel_futures=True)
            self.index.close()

    def search(
        self,
        question: str,
        *,
        lang: str,
        bot_id: str = DEFAULT_BOT,
        filters: DocumentFilters = EVERYTHING,
        also: Sequence[str] = (),
    ) -> RetrievalResult:
        """The passages of one bot that answer the question, best first, at most `config.top`.

        `filters` limit both legs to some of its documents, and to languages. With `also`, the same question in other
        words, the ranks of all wordings are fused. A step that fails or is too slow is left out and named in `notes`;
        the others still answer.
        """
        nodes, timings, notes = self.ranked(question, lang=lang, bot_id=bot_id, filters=filters)
        began = perf_counter()
        if also:
            others = [self.ranked(query, lang=lang, bot_id=bot_id, filters=filters)[0] for query in also]
            nodes = fused_ranks([nodes, *others])
            timings["queries"], began = perf_counter() - began, perf_counter()
        passages = self.trimmed(nodes, question)
        timings["dedup"] = perf_counter() - began
        return RetrievalResult(tuple(passages), timings, tuple(notes))

    def trimmed(self, nodes: list[NodeWithScore], question: str = "") -> list[Passage]:
        """The best of ranked candidates, at most `top`: without duplicates, in the cross-encoder's order if one is set,
        which sees `CROSS_POOL` of them."""
        kept = self.config.top if self._cross is None else CROSS_POOL
        steps: list[BaseNodePostprocessor] = [] if "dedup" in self.config.off else [Dedup(top=kept)]
        if self._cross is not None:
            steps.append(self._cross)
        for step in steps:
            nodes = step.postprocess_nodes(nodes, query_str=question)
        return self._passages(nodes[: self.config.top])

    def ranked(
        self, question: str, *, lang: str, bot_id: str = DEFAULT_BOT, filters: DocumentFilters = EVERYTHING
    ) -> tuple[list[NodeWithScore], dict[str, float], list[str]]:
        """All candidates, reranked, before duplicates are dropped and the best cut off; seconds by step; notes."""
        if not question.strip():
            return [], {}, []
        began = perf_counter()
        ready = self._preparer.prepare(question, lang, bot_id, dense="dense" not in self.config.off)
        self.embedding_faults[lang] = ready.fault
        prepared = perf_counter()
        pool = gather_candidates(self._legs(ready, filters), self._workers, self.config.leg_timeout)
        gathered = perf_counter()
        nodes = self._rerank(ready, pool)
        timings = {"prepare": prepared - began, **pool.timings, "merge": gathered - prepared,
                   "rerank": perf_counter() - gathered}  # fmt: skip
        return nodes, timings, [*([ready.fault] if ready.fault else []), *pool.notes]

    def _legs(self, question: PreparedQuery, filters: DocumentFilters) -> dict[str, SearchLeg]:
        off, top, wide = self.config.off, self.config.pool, "queries" not in self.config.off
        documents = self._admitted(question.bot, filters)
        wanted = filters.get(LANG)
        kept = [lang for lang in self.store.languages(question.bot) if wanted is None or lang in wanted]
        if not kept:
            return {}
        lang = question.lang if question.lang in kept else kept[0]
        legs: dict[str, SearchLeg] = {}
        for kind in (False,) if "questions" in off else (False, True):
            partition, name = PartitionKey(question.bot, lang, kind), "_questions" if kind else ""
            if "bm25" not in off:
                rows = None if documents is None else self._rows(question.bot, documents)
                lexical = Bm25Retriever(
                    self.store, self.index.lexical, partition, top=top, wide=wide and not kind, allowed=rows
                )
                legs[f"bm25{name}"] = partial(lexical.retrieve, question)
            if question.dense is not None and lang == question.lang:
                legs[f"dense{name}"] = partial(self._near, question, partition, documents, wide=wide and not kind)
        return legs

    def _near(
        self, question: PreparedQuery, partition: PartitionKey, documents: Sequence[str] | None, *, wide: bool
    ) -> list[NodeWithScore]:
        """The vector leg. The store is opened here, so that an unavailable one fails this leg only."""
        vectors = self.index.vectors(partition.lang)
        leg = DenseRetriever(self.store, vectors, partition, top=self.config.pool, wide=wide, documents=documents)
        return leg.retrieve(question)

    def _admitted(self, bot: str, filters: DocumentFilters) -> list[str] | None:
        """The documents that the filters admit; None where they admit all."""
        if not filters.keys() - {LANG}:
            return None
        return [document for document, fields in self.store.document_fields(bot).items() if admits(filters, fields)]

    def _rows(self, bot: str, documents: Sequence[str]) -> NDArray[np.int64]:
        return np.array(self.store.rows_of(bot, documents), np.int64)

    def _rerank(self, question: PreparedQuery, pool: CandidatePool) -> list[NodeWithScore]:
        nodes = self._with_texts(question.bot, list(pool.nodes.values()))
        if "rerank" in self.config.off:
            return _interleaved(nodes, pool)
        cosines = {k: v for name, leg in pool.scores.items() if name.startswith("dense") for k, v in leg.items()}

        def judge(ready: PreparedQuery, chunks: list[Chunk]) -> Signals:
            return self._judge(ready, chunks, cosines)

        return SignalReranker(judge, self.config.off).postprocess_nodes(nodes, question)

    def _with_texts(self, bot: str, nodes: list[NodeWithScore]) -> list[NodeWithScore]:
        """The candidates, and the texts of documents that only a paraphrase has found."""
        chunks = [chunk_of(node) for node in nodes]
        bodies = {c.document for c in chunks if not c.is_paraphrase}
        extra = [
            chunk
            for document in dict.fromkeys(c.document for c in chunks if c.is_paraphrase and c.document not in bodies)
            for chunk in [c for c in self.store.document_chunks(bot, document) if not c.is_paraphrase][:_PER_DOCUMENT]
        ]
        return [*nodes, *(NodeWithScore(node=ChunkNode.of(chunk), score=0.0) for chunk in extra)]

    def extract(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The one to three sentences of the passages that best answer the question, best first, verbatim.

        A Markdown heading says nothing by itself and is never one of them.
        """
        if not passages:
            return []
        chunks, judged = self._judged(question, passages)
        by_uid = {p.chunk_id: p for p in passages}
        scores = (
            judged.sentences[:, 0]
            if "extract" in self.config.off
            else sentence_ranking.sentence_scores(judged, passages[0].lang)
        )
        if self._has_paraphrases(passages[0].bot_id, passages[0].lang):
            scores = scores + _TRUST * _behind([by_uid[c.uid] for c in chunks])[judged.layout.passage]
        where, quotes = judged.layout, []
        for best in np.argsort(-scores, kind="stable"):
            chunk, start, stop = chunks[where.passage[best]], int(where.starts[best]), int(where.stops[best])
            if not chunk.text.startswith("#", start):
                quotes.append(Quote(by_uid[chunk.uid], start, stop, chunk.text[start:stop], float(scores[best])))
            if len(quotes) == _QUOTES:
                break
        return quotes

    def section_quotes(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The opening and the best section of the first document, and of the next where it is close behind.

        In the document's order, verbatim. Documents without headings are quoted by sentences, as `extract` does.
        """
        documents = _leading(passages)
        quotes = [self._sections_of(question, document, passages, len(documents)) for document in documents]
        if not quotes or not quotes[0]:
            return self.extract(question, passages)
        return [quote for part in quotes for quote in part]

    def _sections_of(self, question: str, document: str, passages: Sequence[Passage], documents: int) -> list[Quote]:
        first = passages[0]
        stored = self.store.document_chunks(first.bot_id, document)
        chunks = [chunk for chunk in stored if not chunk.is_paraphrase]
        if not has_sections(chunks):
            return []
        asked = [chunk for chunk in stored if chunk.is_paraphrase and chunk.heading]
        judged, _, _ = self.signals_of(question, first.lang, first.bot_id, [*chunks, *asked])
        score = max(p.score for p in passages if p.document_id == document)
        nodes = [NodeWithScore(node=ChunkNode.of(chunk), score=score) for chunk in chunks]
        owners, where = self._passages(nodes), judged.layout
        most = MOST_SENTENCES if documents == 1 else MOST_SENTENCES - 1
        return [
            Quote(owner, start, stop, owner.text[start:stop], score)
            for i in chosen_sentences([*chunks, *asked], judged, most)
            for owner in [owners[where.passage[i]]]
            for start, stop in [(int(where.starts[i]), int(where.stops[i]))]
        ]

    def answerable(self, question: str, passages: Sequence[Passage], quotes: Sequence[Quote]) -> float:
        """How likely, from 0 to 1, the passages answer the question. Below `threshold`, say there is no source."""
        if not passages or not quotes:
            return 0.0
        first = passages[0]
        paraphrased = self._has_paraphrases(first.bot_id, first.lang)
        return answerability.answerable(self.evidence(question, passages), first.lang, paraphrased=paraphrased)

    def evidence(self, question: str, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """What `answerable` judges by, as `answerability_features` or `paraphrase_features` has it."""
        _, judged = self._judged(question, passages)
        first = passages[0]
        ready = self._preparer.prepare(question, first.lang, first.bot_id)
        if not self._has_paraphrases(first.bot_id, first.lang):
            return answerability.answerability_features(judged, self._unseen(ready), len(ready.keys))
        if not ready.support:  # forgotten since it was searched for
            self.ranked(question, lang=first.lang, bot_id=first.bot_id)
        return answerability.paraphrase_features(judged, [p.document_id for p in passages], ready.support)

    def _unseen(self, ready: PreparedQuery) -> float:
        if not len(ready.keys):
            return 1.0
        known = self.index.lexical.known(PartitionKey(ready.bot, ready.lang, is_paraphrase=False), ready.keys.tolist())
        return float(ready.idf[~known].sum() / max(ready.idf.sum(), 1e-9))

    def has_word(self, word: str, *, lang: str, bot_id: str = DEFAULT_BOT) -> bool:
        """Whether the texts of a bot's documents have every term of a word or phrase."""
        keys = [number(term.key) for term in terms(word, lang) if not term.light]
        return bool(keys) and bool(
            self.index.lexical.known(PartitionKey(bot_id, lang, is_paraphrase=False), keys).all()
        )

    def candidates(self, question: str, *, lang: str, bot_id: str) -> list[Chunk]:
        """The candidates of both legs, unordered, with paraphrases and the texts of their documents."""
        pool = gather_candidates(self._legs(self._preparer.prepare(question, lang, bot_id), EVERYTHING), self._workers,
                      self.config.leg_timeout)  # fmt: skip
        return [chunk_of(node) for node in self._with_texts(bot_id, list(pool.nodes.values()))]

    def signals_of(self, question: str, lang: str, bot: str, chunks: Sequence[Chunk]) -> tuple[Signals, float, int]:
        """The signals of chunks, the share of the question's weight in terms no chunk has, how many terms."""
        ready = self._preparer.prepare(question, lang, bot)
        return self._judge(ready, chunks), self._unseen(ready), len(ready.keys)

    def threshold(self, lang: str, *, bot_id: str = DEFAULT_BOT) -> float:
        """The `answerable` score from which to answer from a bot's documents."""
        return answerability.threshold(lang, paraphrased=self._has_paraphrases(bot_id, lang))

    def _has_paraphrases(self, bot: str, lang: str) -> bool:
        """Whether a bot's documents come with paraphrases."""
        return "questions" not in self.config.off and self.index.lexical.part(bot, lang, is_paraphrase=True) is not None

    def ingest(
        self,
        documents: Iterable[Document],
        *,
        bot_id: str = DEFAULT_BOT,
        on_embedded: IndexProgress | None = None,
        embed: bool = True,
    ) -> IngestReport:
        """Take documents in, replacing those of the same id that have changed. Unchanged ones cost nothing.

        Safe to run again after being killed at any moment: nothing is doubled or lost. `on_embedded` is called with
        (done, total) chunks and may raise to stop.
        """
        try:
            return self.index.ingest(documents, bot_id, on_embedded, embed=embed)
        finally:
            self._preparer.forget()

    def delete(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> bool:
        """Remove a document of a bot everywhere. False if there was none."""
        try:
            return self.index.delete(document_id, bot_id)
        finally:
            self._preparer.forget()

    def document_text(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> str | None:
        """The whole text of a document, which every passage and quote is a span of."""
        return self.store.document_text(bot_id, document_id)

    def _judged(self, question: str, passages: Sequence[Passage]) -> tuple[list[Chunk], Signals]:
        """The chunks of passages and their signals; the last few are kept, as quotes and judgement both need them."""
        first = passages[0]
        ready = self._preparer.prepare(question, first.lang, first.bot_id, dense="dense" not in self.config.off)
        key = (id(ready), *(p.chunk_id for p in passages))
        kept = self._recent.get(key)
        if kept is None or kept[0] is not ready:
            by_uid = {c.uid: c for c in self.store.chunks_by_uid([p.chunk_id for p in passages])}
            chunks = [by_uid[p.chunk_id] for p in passages if p.chunk_id in by_uid]
            kept = self._recent[key] = (ready, chunks, self._judge(ready, chunks))
            while len(self._recent) > _RECENT:
                self._recent.pop(next(iter(self._recent)), None)
        return kept[1], kept[2]

    def _passages(self, nodes: Sequence[NodeWithScore]) -> list[Passage]:
        chunks = [chunk_of(node) for node in nodes]
        records: dict[str, StoredDocument] = {}
        for bot in {c.bot for c in chunks}:
            records |= self.store.records(bot, {c.document for c in chunks})
        return [_passage(c, records[c.document], n.score or 0.0) for c, n in zip(chunks, nodes, strict=True)]


def _leading(passages: Sequence[Passage]) -> list[str]:
    """The best document, and the second where it is less than `_CLOSE` behind it."""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.document_id] = max(passage.score, best.get(passage.document_id, passage.score))
    ordered = sorted(best, key=lambda document: -best[document])
    return [document for document in ordered[:2] if best[ordered[0]] - best[document] < _CLOSE]


def _behind(passages: Sequence[Passage]) -> NDArray[np.float64]:
    """How far each passage's document is behind the best one, by its best passage; 0 or less. [passages]"""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.document_id] = max(passage.score, best.get(passage.document_id, passage.score))
    scores = np.array([best[passage.document_id] for passage in passages], np.float64)
    behind: NDArray[np.float64] = scores - scores.max()
    return behind


def _interleaved(nodes: list[NodeWithScore], pool: CandidatePool) -> list[NodeWithScore]:
    """Without a reranker: each leg's first, then each leg's second, and so on."""
    place = {uid: rank for leg in pool.scores.values() for rank, uid in reversed(list(enumerate(leg)))}
    texts = [n for n in nodes if not chunk_of(n).is_paraphrase]
    for node in texts:
        node.score = -float(place.get(chunk_of(node).uid, 99))
    return sorted(texts, key=lambda node: -(node.score or 0.0))


def _passage(chunk: Chunk, record: StoredDocument, score: float) -> Passage:
    return Passage(
        chunk_id=chunk.uid, document_id=chunk.document, title=record.title, url=record.url, page=chunk.page,
        lang=chunk.lang, text=chunk.text, start=chunk.start, end=chunk.stop, bot_id=chunk.bot, score=score,
        topic=record.topic, heading=chunk.heading, pictures=pictures_by(chunk, record.pictures),
    )  # fmt: skip
