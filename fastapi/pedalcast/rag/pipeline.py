"""Retrieval as one object: documents in, passages, quotes and a judgement out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from time import perf_counter

from pedalcast.rag.chunks import VERSION, split
from pedalcast.rag.config import RagConfig
from pedalcast.rag.lexical import Lexical, Partition
from pedalcast.rag.store import Chunk, Store
from pedalcast.rag.tokens import number, terms
from pedalcast.rag.types import Document, Found, IngestReport, Passage, Quote

DEFAULT_BOT = "help"


class Retrieval:
    """The retrieval half of the chatbot over one data folder. Safe to use from several threads."""

    def __init__(self, config: RagConfig) -> None:
        self.config = config
        self.store = Store(config.data_dir / "chunks.sqlite")
        self.lexical = Lexical(self.store, config.data_dir / "lexical")

    def close(self) -> None:
        """Save the indexes and release the files."""
        self.lexical.save()
        self.store.close()

    def search(
        self, question: str, *, lang: str, bot_id: str = DEFAULT_BOT, filters: Mapping[str, str] | None = None
    ) -> Found:
        """The passages of one bot that answer the question, best first, at most `config.top`.

        `filters` are fields of the documents' metadata (and `topic`) that must match. A step that fails or is too slow
        is left out and named in `notes`; the others still answer.
        """
        began = perf_counter()
        keys = [number(t.key) for t in terms(question, lang) if not t.light]
        hits = self.lexical.search(Partition(bot_id, lang, question=False), keys, self.config.top)
        scores = dict(hits)
        chunks = sorted(self.store.chunks(scores), key=lambda chunk: -scores[chunk.row])
        passages = tuple(self._passage(chunk, scores[chunk.row]) for chunk in chunks)
        return Found(passages, {"bm25": perf_counter() - began})

    def extract(self, question: str, passages: Sequence[Passage]) -> list[Quote]:
        """The one to three sentences of the passages that best answer the question, best first, verbatim."""
        wanted = {t.key for t in terms(question, passages[0].lang) if not t.light} if passages else set()
        quotes = []
        for passage in passages:
            for start, stop in self._sentences(passage):
                text = passage.text[start:stop]
                overlap = len(wanted & {t.key for t in terms(text, passage.lang)})
                quotes.append(Quote(passage, start, stop, text, overlap))
        return sorted(quotes, key=lambda quote: -quote.score)[:3]

    def answerable(self, question: str, passages: Sequence[Passage], quotes: Sequence[Quote]) -> float:
        """How likely, from 0 to 1, the passages answer the question. Below `threshold`, say there is no source."""
        del question
        return 1.0 if passages and quotes else 0.0

    def threshold(self, lang: str) -> float:
        """The `answerable` score from which to answer."""
        del lang
        return 0.5

    def nearest_topics(self, question: str, *, lang: str, bot_id: str = DEFAULT_BOT, n: int = 3) -> list[str]:
        """Titles of the documents nearest to a question that has no answer, to offer instead."""
        found = self.search(question, lang=lang, bot_id=bot_id)
        return list(dict.fromkeys(p.title for p in found.passages if p.title))[:n]

    def ingest(
        self,
        documents: Iterable[Document],
        *,
        bot_id: str = DEFAULT_BOT,
        progress: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Take documents in, replacing those of the same id that have changed. Unchanged ones cost nothing.

        Safe to run again after being killed at any moment: nothing is doubled or lost. `progress` is called with
        (done, total) pieces.
        """
        began, report = perf_counter(), IngestReport()
        for document in documents:
            digest = _digest(document)
            if self.store.hash_of(bot_id, document.id) == digest:
                report.unchanged += 1
                continue
            chunks = split(document, bot_id, digest, self.config.chunk_chars)
            self.lexical.remove(self.store.document_chunks(bot_id, document.id))
            rows = self.store.put(bot_id, document, digest, chunks)
            for row, chunk in zip(rows, chunks, strict=True):
                self.lexical.add(row, bot_id, chunk.lang, chunk.text, chunk.terms, question=chunk.question)
            report.written, report.chunks = report.written + 1, report.chunks + len(chunks)
            if progress:
                progress(report.written, report.written)
        self.lexical.save()
        report.seconds = perf_counter() - began
        return report

    def delete(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> bool:
        """Remove a document of a bot everywhere. False if there was none."""
        self.lexical.remove(self.store.document_chunks(bot_id, document_id))
        return bool(self.store.remove(bot_id, document_id))

    def document_text(self, document_id: str, *, bot_id: str = DEFAULT_BOT) -> str | None:
        """The whole text of a document, which every passage and quote is a span of."""
        return self.store.document_text(bot_id, document_id)

    def _passage(self, chunk: Chunk, score: float) -> Passage:
        record = self.store.records(chunk.bot, [chunk.document])[chunk.document]
        return Passage(
            chunk_id=chunk.uid, document_id=chunk.document, title=record.title, url=record.url, page=chunk.page,
            lang=chunk.lang, text=chunk.text, start=chunk.start, end=chunk.stop, bot_id=chunk.bot, score=score,
            topic=record.topic,
        )  # fmt: skip

    def _sentences(self, passage: Passage) -> list[tuple[int, int]]:
        chunk = self.store.chunks_by_uid([passage.chunk_id])[0]
        return [(int(a), int(b)) for a, b in chunk.sentences]


def _digest(document: Document) -> str:
    parts = (VERSION, document.title, document.text, document.lang, document.url, document.topic, document.questions,
             document.page_starts, sorted(document.metadata.items()))  # fmt: skip
    return sha256(repr(parts).encode()).hexdigest()
