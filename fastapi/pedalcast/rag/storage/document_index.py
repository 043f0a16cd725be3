"""Documents in, chunks and vectors at rest. Killed at any moment and run again, nothing is doubled or lost.

A document's text and chunks are written in one transaction; vectors follow, batch by batch, and a batch is marked as
done only when it lies in the vector store. Vectors have names derived from their content, so a batch written twice is
written once. Names of chunks that go are kept until their vectors are gone too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from time import perf_counter

import numpy as np
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import BasePydanticVectorStore

from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings.embedding_models import LANGUAGES, EmbeddingModels
from pedalcast.rag.storage.chunk_store import ChunkStore, Guard
from pedalcast.rag.storage.index_version import IndexVersions, VersionBoard
from pedalcast.rag.storage.lexical.lexical_index import LexicalIndex
from pedalcast.rag.storage.model_change import left_behind
from pedalcast.rag.storage.vectors.vector_collections import VectorCollections
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.text.document_splitter import VERSION, split_document
from pedalcast.rag.text.normalisation import composed
from pedalcast.rag.types import Document, IngestReport

IndexProgress = Callable[[int, int], None]
_BATCH = 64


class DocumentIndex:
    """The chunk store, the lexical indexes and the vector collections.

    `board` is where several processes tell each other of changes. Raises `VectorFolderTakenError`.
    """

    def __init__(self, config: RagConfig, board: VersionBoard | None = None) -> None:
        self._config = config
        self.store = ChunkStore(config.database_url, config.data_dir / "chunks.sqlite")
        self._versions = IndexVersions(self.store, board)
        self.lexical = LexicalIndex(self.store, self._versions.current, budget=config.postings_budget)
        self.models = EmbeddingModels(config)
        self._collections = VectorCollections(config, self.models, self.store.engine)

    def close(self) -> None:
        """Save what is only in memory and release the files."""
        self._collections.close()
        self.store.close()

    def version(self, bot: str) -> int:
        """A number that grows with every change of a bot's documents, in any process; 0 before the first."""
        return self._versions.current(bot)

    def vectors(self, lang: str) -> BasePydanticVectorStore:
        """The collection of this language's model, opened or created."""
        return self._collections.of(lang)

    def ingest(
        self, documents: Iterable[Document], bot: str, on_embedded: IndexProgress | None = None, *, embed: bool = True
    ) -> IngestReport:
        """Take documents in, replacing those of the same id that have changed, then give the bot's chunks vectors.

        Without `embed` words alone find them until `embed_behind` or `embed` has gone over the bot.
        """
        began, report = perf_counter(), IngestReport()
        for document in documents:
            self.write(document, bot, report)
        self._versions.publish(bot)
        if embed and self.embed(on_embedded, bot=bot):
            self._changed(bot)
        self.sweep()
        report.seconds = perf_counter() - began
        return report

    def ingest_one(self, document: Document, bot: str, on_embedded: IndexProgress | None = None) -> IngestReport:
        """Take one document in and give its chunks their vectors, whatever else waits for some."""
        began, report = perf_counter(), self.write_one(document, bot)
        self.embed_one(document.id, bot, on_embedded)
        report.seconds = perf_counter() - began
        return report

    def write_one(self, document: Document, bot: str, guard: Guard = lambda _: None) -> IngestReport:
        """Cut and write one document; words find it from now on. What `guard` raises keeps it from being written."""
        report = IngestReport()
        self.write(document, bot, report, guard)
        self._versions.publish(bot)
        return report

    def embed_one(self, document: str, bot: str, on_embedded: IndexProgress | None = None) -> int:
        """Give the chunks of a document their vectors; how many got some. Vectors of chunks that are gone go too."""
        embedded = self.embed(on_embedded, bot=bot, document=document)
        self._changed(bot)
        self.sweep()
        return embedded

    @property
    def writes_vectors(self) -> bool:
        """Whether this process may write vectors; not where another one owns their folder."""
        return self._collections.writable

    @property
    def owns_folder(self) -> bool:
        """Whether the vectors that other processes work out are stored by this one."""
        return self._collections.owns_folder

    def write(self, document: Document, bot: str, report: IngestReport, guard: Guard = lambda _: None) -> None:
        """Cut a document and write it with its chunks, unless it is there unchanged. See `ChunkStore.put`."""
        document = _composed(document)
        digest = _digest(document)
        if self.store.hash_of(bot, document.id) == digest:
            report.unchanged += 1
            return
        chunks = split_document(document, bot, digest, self._config.chunk_chars)
        self.store.put(bot, document, digest, chunks, guard)
        report.written, report.chunks = report.written + 1, report.chunks + len(chunks)
        report.empty += not chunks

    def publish(self, bot: str) -> None:
        """Tell every process of the bot's version, after a change within somebody else's transaction."""
        self._versions.publish(bot)

    def _changed(self, bot: str) -> None:
        """Say that answers of a bot may differ from now on."""
        self.store.raise_version(bot)
        self._versions.publish(bot)

    def embed(
        self, on_embedded: IndexProgress | None = None, *, bot: str | None = None, document: str | None = None
    ) -> int:
        """Give every chunk that has none yet its vectors by the current models: after an ingest, a kill, or a change of
        model. `on_embedded` is called with (done, total) chunks; it may raise to stop, what is done stays done.

        `bot` and `document` limit it to these. Returns how many chunks got theirs.
        """
        pending = {
            lang: self.store.pending_count(self.models.collection(lang), lang, bot=bot, document=document)
            for lang in LANGUAGES
        }
        done, total = 0, sum(pending.values())
        for lang in (lang for lang, count in pending.items() if count):
            collection = self.models.collection(lang)
            while batch := self.store.pending(collection, lang, _BATCH, bot=bot, document=document):
                self._embed_batch(lang, collection, batch)
                done += len(batch)
                if on_embedded:
                    on_embedded(done, max(done, total))
        return done

    def behind(self) -> dict[str, int]:
        """How many chunks have vectors of an earlier model alone, by bot: words alone find them."""
        counts: Counter[str] = Counter()
        for lang in LANGUAGES:
            counts.update(left_behind(self.store.engine, self.models.collection(lang), lang))
        return dict(counts)

    def embed_behind(self, on_embedded: IndexProgress | None = None) -> int:
        """Give the bots of `behind` vectors by the current models, one bot after the other; how many chunks got some.

        `on_embedded` is as in `embed`.
        """
        done = 0
        for bot in sorted(self.behind()):
            done += self.embed(on_embedded, bot=bot)
            self._changed(bot)
        return done

    def _embed_batch(self, lang: str, collection: str, batch: list[Chunk]) -> None:
        titles = self._titles(batch)
        texts = [f"{title}\n{chunk.text}" if title else chunk.text for title, chunk in zip(titles, batch, strict=True)]
        vectors, words = self._vectors_of(
            lang, texts, [len(t) - len(c.text) for t, c in zip(texts, batch, strict=True)]
        )
        marks = [(chunk.row, blob) for chunk, blob in zip(batch, words, strict=True)]
        if self._collections.writable:
            self.vectors(lang).add([_node(chunk, vector) for chunk, vector in zip(batch, vectors, strict=True)])
            self.store.mark_embedded(collection, marks)
        else:
            self.store.mark_embedded(collection, marks, [_packed(vector) for vector in vectors])
        self.store.forgotten(chunk.uid for chunk in batch)

    def store_waiting(self) -> int:
        """Store the vectors that processes without the vector folder have worked out. Returns how many."""
        stored, bots = 0, set[str]()
        for lang in LANGUAGES:
            collection = self.models.collection(lang)
            while batch := self.store.waiting_vectors(collection, _BATCH):
                self.vectors(lang).add([_node(chunk, _unpacked(vector)) for chunk, vector in batch])
                self.store.mark_stored(collection, [chunk.row for chunk, _ in batch])
                self.store.forgotten(chunk.uid for chunk, _ in batch)
                stored, bots = stored + len(batch), bots | {chunk.bot for chunk, _ in batch}
        for bot in bots:
            self._changed(bot)
        return stored

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
        return [
            "" if c.is_paraphrase or c.document not in records[c.bot] else records[c.bot][c.document].title
            for c in batch
        ]

    def delete(self, document: str, bot: str) -> bool:
        """Remove a document of a bot everywhere. False if there was none."""
        removed = self.store.remove(bot, document)
        self._versions.publish(bot)
        self.sweep()
        return bool(removed)

    def sweep(self) -> None:
        """Delete the vectors of chunks that are gone, in every current collection. Left to the owner of their folder
        where that is another process."""
        if not self._collections.writable:
            return
        while removed := self.store.removed():
            self._collections.delete(removed)
            self.store.forget_removed(removed)


def _packed(vector: list[float]) -> bytes:
    return np.array(vector, np.float32).tobytes()


def _unpacked(vector: bytes) -> list[float]:
    values: list[float] = np.frombuffer(vector, np.float32).tolist()
    return values


def _composed(document: Document) -> Document:
    """The document with its letters composed (NFC): offsets are those of this text, which is the one that is stored."""
    text = document.text
    return replace(
        document, title=composed(document.title), text=composed(text),
        paraphrases=tuple(map(composed, document.paraphrases)),
        page_starts=tuple(len(composed(text[:start])) for start in document.page_starts),
        outline=tuple((len(composed(text[:start])), level, composed(words))
                      for start, level, words in document.outline),
        pictures=tuple(replace(picture, alt=composed(picture.alt), offset=len(composed(text[: picture.offset])))
                       for picture in document.pictures),
        paraphrase_sections={composed(question): composed(heading) for question, heading
                             in document.paraphrase_sections.items()},
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
    parts = (VERSION, document.title, document.text, document.lang, document.url, document.topic, document.paraphrases,
             document.page_starts, sorted(document.metadata.items()),
             *([document.outline] if document.outline else []), *([document.pictures] if document.pictures else []),
             *([sorted(document.paraphrase_sections.items())] if document.paraphrase_sections else []))  # fmt: skip
    return sha256(repr(parts).encode()).hexdigest()
