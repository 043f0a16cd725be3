"""Documents in, chunks and vectors at rest. Killed at any moment and run again, nothing is doubled or lost.

A document's text and chunks are written in one transaction; vectors follow, batch by batch, and a batch is marked as
done only when it lies in the vector store. Vectors have names derived from their content, so a batch written twice is
written once. Names of chunks that go are kept until their vectors are gone too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from time import perf_counter

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import BasePydanticVectorStore

from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings.embedding_models import LANGUAGES, EmbeddingModels
from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.storage.lexical_index import LexicalIndex
from pedalcast.rag.storage.qdrant_edge import EdgeVectorStore
from pedalcast.rag.storage.qdrant_server import client, connect
from pedalcast.rag.storage.sparse_vectors import EdgeSparseVectors, ServerSparseVectors, SparseVectors
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.text.document_splitter import VERSION, split_document
from pedalcast.rag.text.normalisation import composed
from pedalcast.rag.types import Document, IngestReport

IndexProgress = Callable[[int, int], None]
_BATCH = 64


class DocumentIndex:
    """The store, the lexical indexes and the vector collections of one data folder."""

    def __init__(self, config: RagConfig) -> None:
        self._config, self._lock = config, RLock()
        self.store = ChunkStore(config.data_dir / "chunks.sqlite")
        folder = config.data_dir / "lexical"
        self.lexical = LexicalIndex(
            self.store, folder, sparse_above=config.sparse_above, open_sparse=lambda: self._open_sparse(folder)
        )
        self.models = EmbeddingModels(config)
        self._vectors: dict[str, BasePydanticVectorStore] = {}

    def close(self) -> None:
        """Save what is only in memory and release the files."""
        self.lexical.close()
        for vectors in self._vectors.values():
            if isinstance(vectors, EdgeVectorStore):
                vectors.close()
        self.store.close()

    def vectors(self, lang: str) -> BasePydanticVectorStore:
        """The collection of this language's model, opened or created."""
        name = self.models.collection(lang)
        with self._lock:
            if name not in self._vectors:
                self._vectors[name] = self._open(name, lang)
            return self._vectors[name]

    def _open(self, name: str, lang: str) -> BasePydanticVectorStore:
        width = len(self.models.dense[lang].get_text_embedding("a" if lang == "en" else "가"))
        if self._config.qdrant_url:
            key, limit = self._config.qdrant_api_key, self._config.leg_timeout
            return connect(self._config.qdrant_url, key, name, width, limit)
        return EdgeVectorStore(self._config.data_dir / "vectors" / name, width)

    def _open_sparse(self, folder: Path) -> SparseVectors:
        if self._config.qdrant_url:
            return ServerSparseVectors(
                client(self._config.qdrant_url, self._config.qdrant_api_key, self._config.leg_timeout)
            )
        return EdgeSparseVectors(folder / "sparse")

    def ingest(self, documents: Iterable[Document], bot: str, on_embedded: IndexProgress | None = None) -> IngestReport:
        """Take documents in, replacing those of the same id that have changed, then give every chunk its vectors."""
        began, report = perf_counter(), IngestReport()
        for document in documents:
            self._take(document, bot, report)
        self.embed(on_embedded)
        self.sweep()
        self.lexical.save()
        report.seconds = perf_counter() - began
        return report

    def _take(self, document: Document, bot: str, report: IngestReport) -> None:
        document = _composed(document)
        digest = _digest(document)
        if self.store.hash_of(bot, document.id) == digest:
            report.unchanged += 1
            return
        chunks = split_document(document, bot, digest, self._config.chunk_chars)
        with self._lock:
            before = self.store.document_chunks(bot, document.id)
            rows = self.store.put(bot, document, digest, chunks)
            self.lexical.remove(before)
            for row, chunk in zip(rows, chunks, strict=True):
                self.lexical.add(replace(chunk, row=row))
        report.written, report.chunks = report.written + 1, report.chunks + len(chunks)
        report.empty += not chunks

    def embed(self, on_embedded: IndexProgress | None = None) -> None:
        """Give every chunk that has none yet its vectors by the current models: after an ingest, a kill, or a change of
        model. `on_embedded` is called with (done, total) chunks; it may raise to stop, what is done stays done."""
        pending = {lang: self.store.pending_count(self.models.collection(lang), lang) for lang in LANGUAGES}
        done, total = 0, sum(pending.values())
        for lang in (lang for lang, count in pending.items() if count):
            collection = self.models.collection(lang)
            while batch := self.store.pending(collection, lang, _BATCH):
                self._embed_batch(lang, collection, batch)
                done += len(batch)
                if on_embedded:
                    on_embedded(done, max(done, total))

    def _embed_batch(self, lang: str, collection: str, batch: list[Chunk]) -> None:
        titles = self._titles(batch)
        texts = [f"{title}\n{chunk.text}" if title else chunk.text for title, chunk in zip(titles, batch, strict=True)]
        vectors, words = self._vectors_of(
            lang, texts, [len(t) - len(c.text) for t, c in zip(texts, batch, strict=True)]
        )
        self.vectors(lang).add([_node(chunk, vector) for chunk, vector in zip(batch, vectors, strict=True)])
        self.store.mark_embedded(collection, [(chunk.row, blob) for chunk, blob in zip(batch, words, strict=True)])

    def _vectors_of(
        self, lang: str, texts: list[str], offsets: list[int]
    ) -> tuple[list[list[float]], list[bytes] | list[None]]:
        """The texts' vectors, and their words' behind the offsets, packed; None where words' vectors are looked up."""
        local, dense = self.models.local[lang], self.models.dense[lang]
        if local.contextual or dense is local:
            embedded = local.embed(texts)
        vectors = [e.vector.tolist() for e in embedded] if dense is local else dense.get_text_embedding_batch(texts)
        if not local.contextual:
            return vectors, [None] * len(texts)
        return vectors, [e.words.behind(n).pack() for e, n in zip(embedded, offsets, strict=True)]

    def _titles(self, batch: list[Chunk]) -> list[str]:
        """The title each chunk is embedded under; none for paraphrases."""
        records = {
            bot: self.store.records(bot, {c.document for c in batch if c.bot == bot}) for bot in {c.bot for c in batch}
        }
        return ["" if c.is_paraphrase else records[c.bot][c.document].title for c in batch]

    def delete(self, document: str, bot: str) -> bool:
        """Remove a document of a bot everywhere. False if there was none."""
        with self._lock:
            self.lexical.remove(self.store.document_chunks(bot, document))
            removed = self.store.remove(bot, document)
        self.sweep()
        return bool(removed)

    def sweep(self) -> None:
        """Delete the vectors of chunks that are gone, in every collection that is open or current."""
        doomed = self.store.doomed()
        if not doomed:
            return
        self.lexical.forget(doomed)
        for lang in LANGUAGES:
            self.vectors(lang).delete_nodes(doomed)
        self.store.forget_doomed(doomed)


def _composed(document: Document) -> Document:
    """The document with its letters composed (NFC): offsets are those of this text, which is the one that is stored."""
    text = document.text
    return replace(
        document, title=composed(document.title), text=composed(text),
        paraphrases=tuple(map(composed, document.paraphrases)),
        page_starts=tuple(len(composed(text[:start])) for start in document.page_starts),
    )  # fmt: skip


def _node(chunk: Chunk, vector: list[float]) -> TextNode:
    """The chunk's point. LlamaIndex writes the source's id over the payload's `document_id`: both say the same."""
    source = RelatedNodeInfo(node_id=chunk.document)
    return TextNode(
        id_=chunk.uid, text="", embedding=vector, metadata=_payload(chunk),
        relationships={NodeRelationship.SOURCE: source},
    )  # fmt: skip


def _payload(chunk: Chunk) -> dict[str, str]:
    kind = "question" if chunk.is_paraphrase else "body"
    return {"bot_id": chunk.bot, "lang": chunk.lang, "kind": kind, "document_id": chunk.document}


def _digest(document: Document) -> str:
    hashed = (VERSION, document.title, document.text, document.lang, document.url, document.topic, document.paraphrases,
             document.page_starts, sorted(document.metadata.items()))  # fmt: skip
    return sha256(repr(hashed).encode()).hexdigest()
