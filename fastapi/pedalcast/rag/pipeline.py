"""Retrieval as one object: takes documents, returns passages, quotes and how likely they answer the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pedalcast.rag.config import RagConfig
from pedalcast.rag.retrieval.query_preparer import QueryPreparer
from pedalcast.rag.search.answer_judge import AnswerJudge
from pedalcast.rag.search.passage_search import PassageSearch
from pedalcast.rag.search.quotation import Quotation
from pedalcast.rag.storage.document_filters import EVERYTHING, DocumentFilters
from pedalcast.rag.storage.document_index import DocumentIndex, IndexProgress
from pedalcast.rag.storage.index_version import VersionBoard
from pedalcast.rag.storage.lexical.partition_index import PartitionKey
from pedalcast.rag.text.tokens import number, terms
from pedalcast.rag.types import Document, IngestReport, Passage, Quote, RetrievalResult

DEFAULT_BOT = "help"


class RetrievalPipeline:
    """The retrieval half of the chatbot over one data folder. Safe to use from several threads.

    `searching` finds passages, `judge` says whether they answer, `quotation` chooses their sentences; what is called
    for an answer has a method here.

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
        self.preparer = QueryPreparer(self.index, wide="queries" not in config.off)
        self.searching = PassageSearch(config, self.index, self.preparer)
        self.judge = AnswerJudge(config, self.index, self.preparer, self.searching)
        self.quotation = Quotation(config, self.store, self.searching, self.judge)
        self._closed = False

    def close(self) -> None:
        """Save the indexes and release the files."""
        if not self._closed:
            self._closed = True
            self.searching.close()
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
        return self.searching.search(question, lang, bot_id, filters, also)

    def extract(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The one to three sentences of the passages that best answer the question, best first, verbatim."""
        return self.quotation.sentences(question, passages)

    def section_quotes(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The opening and the best section of the first document, and of the next where it is close behind.

        In the document's order, verbatim. Documents without headings are quoted by sentences, as `extract` does.
        """
        return self.quotation.sections(question, passages)

    def answerable(self, question: str, passages: Sequence[Passage], quotes: Sequence[Quote]) -> float:
        """How likely, from 0 to 1, the passages answer the question. Below `threshold`, say there is no source."""
        return self.judge.answerable(question, passages, quotes)

    def threshold(self, lang: str, *, bot_id: str = DEFAULT_BOT) -> float:
        """The `answerable` score from which to answer from a bot's documents."""
        return self.judge.threshold(lang, bot_id)

    def has_word(self, word: str, *, lang: str, bot_id: str = DEFAULT_BOT) -> bool:
        """Whether the texts of a bot's documents have every term of a word or phrase."""
        keys = [number(term.key) for term in terms(word, lang) if not term.light]
        partition = PartitionKey(bot_id, lang, is_paraphrase=False)
        return bool(keys) and bool(self.index.lexical.known(partition, keys).all())

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
            self.preparer.forget()

    def delete(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> bool:
        """Remove a document of a bot everywhere. False if there was none."""
        try:
            return self.index.delete(document_id, bot_id)
        finally:
            self.preparer.forget()

    def document_text(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> str | None:
        """The whole text of a document, which every passage and quote is a span of."""
        return self.store.document_text(bot_id, document_id)
