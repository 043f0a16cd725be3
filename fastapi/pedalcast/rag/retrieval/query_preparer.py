"""A question made ready for all steps, once: kept while the same question goes through search, quotes, judgement."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pedalcast.rag.embeddings.base import EmbeddedText
from pedalcast.rag.retrieval.candidate_pool import SEARCH_FAULTS
from pedalcast.rag.retrieval.prepared_query import PreparedQuery
from pedalcast.rag.retrieval.query_expansion import keywords
from pedalcast.rag.storage.document_index import DocumentIndex
from pedalcast.rag.storage.lexical.bigram_counts import bigrams
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.answer_type import answer_type_of
from pedalcast.rag.text.document_splitter import analyse
from pedalcast.rag.text.tokens import terms

_KEPT = 64
_LIGHT_WEIGHT = 0.5  # of words whose idf is not asked for, beside idfs of 3 to 10


class QueryPreparer:
    """Makes questions ready and keeps the last few."""

    def __init__(self, index: DocumentIndex, *, wide: bool) -> None:
        self._index, self._wide = index, wide
        self._kept: OrderedDict[tuple[str, str, str, int], PreparedQuery] = OrderedDict()
        self._lock = Lock()

    def forget(self) -> None:
        """Drop what is kept: the weights of words change with every ingest."""
        with self._lock:
            self._kept.clear()

    def prepare(self, text: str, lang: str, bot: str, *, dense: bool = True) -> PreparedQuery:
        """The question, ready. Its dense vectors are None if the model did not answer, or `dense` is off."""
        key = (text, lang, bot, self._index.version(bot))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or (dense and kept.dense is None):
            kept = self._made(text, lang, bot, dense=dense)
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return kept

    def _made(self, text: str, lang: str, bot: str, *, dense: bool) -> PreparedQuery:
        found = analyse(text, lang)
        keys = np.unique(found["key"][~found["light"]])
        idf = self._index.lexical.idf(PartitionKey(bot, lang, is_paraphrase=False), keys.tolist())
        local = self._index.models.local[lang].embed([text])[0]
        buckets, bucket_idf = self._bigrams(text, lang, bot)
        question = PreparedQuery(
            text, lang=lang, bot=bot, keys=keys, idf=idf, order=found["key"], local=local,
            asks=answer_type_of(text, lang), buckets=buckets, bucket_idf=bucket_idf,
            word_weights=_weights(local, found, dict(zip(keys.tolist(), idf.tolist(), strict=True))),
        )  # fmt: skip
        if dense:
            self._dense(question)
        return question

    def _bigrams(self, text: str, lang: str, bot: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        part = self._index.lexical.part(bot, lang, is_paraphrase=False)
        if lang != "ko" or part is None:
            return np.empty(0, np.int64), np.empty(0)
        buckets = np.unique(bigrams(text))
        return buckets, part.bigram_idf(buckets)

    def _dense(self, question: PreparedQuery) -> None:
        lang, text = question.lang, question.query_str
        model = self._index.models.dense[lang]
        try:
            own = model is self._index.models.local[lang]
            question.dense = question.local.vector.tolist() if own else model.get_query_embedding(text)
            short = keywords(text, terms(text, lang)) if self._wide else None
            question.wider = model.get_query_embedding(short) if short else None
        except SEARCH_FAULTS as fault:
            question.fault = f"{model.model_name}: {type(fault).__name__}"


def _weights(local: EmbeddedText, found: NDArray[np.void], idf: dict[int, float]) -> NDArray[np.float32]:
    """The weight of each of the question's words: the idf of the term it belongs to; they sum to 1."""
    at = np.searchsorted(found["start"], local.words.spans[:, 0], side="right") - 1
    weights = [idf.get(int(found["key"][i]), _LIGHT_WEIGHT) if i >= 0 else _LIGHT_WEIGHT for i in at]
    total = sum(weights)
    return np.array(weights, np.float32) / np.float32(total or 1.0)
