"""The chunks at rest, in the relational database: the truth from which both search indexes can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from pedalcast.rag.storage.chunk_database import open_engine
from pedalcast.rag.storage.chunk_rows import chunk_of_row, fields_of_row, row_of_chunk
from pedalcast.rag.storage.chunk_tables import chunk_vectors, chunks, indexed_documents, removed_chunks
from pedalcast.rag.storage.document_filters import DocumentFields
from pedalcast.rag.storage.document_pictures import pictures_of_rows, rows_of_pictures
from pedalcast.rag.storage.version_rows import raise_version, read_version
from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.types import Document, Picture

T = TypeVar("T", int, str)
V = TypeVar("V")
Guard = Callable[[Connection], object]  # raises where a write must not be made
_VALUES = 1000  # of one IN (…)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is stored of a document beside its chunks."""

    id: str
    title: str
    url: str | None
    topic: str | None
    pictures: tuple[Picture, ...] = ()


class ChunkStore:
    """Documents and chunks of all bots, shared by threads, processes and machines.

    >>> from pedalcast.rag.text.document_splitter import split_document
    >>> from pedalcast.rag.types import Document
    >>> store = ChunkStore(None, folder / "store" / "chunks.sqlite")
    >>> passes = Document("passes", "Passes", "A day pass costs 5,000 won.", paraphrases=("What does a pass cost?",))
    >>> store.put("help", passes, "digest", split_document(passes, "help", "digest", {"ko": 400, "en": 900}))
    >>> [(chunk.text, chunk.is_paraphrase) for chunk in store.document_chunks("help", "passes")]
    [('A day pass costs 5,000 won.', False), ('What does a pass cost?', True)]
    >>> store.close()
    """

    def __init__(self, url: str | None, path: Path) -> None:
        self.engine = open_engine(url, path)
        self._writing = self.engine.execution_options(writes=True)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing of what is written inside."""
        with self._writing.begin() as connection:
            yield connection

    def hash_of(self, bot: str, document: str) -> str | None:
        """The hash under which a document was last written, None if it is unknown."""
        rows = self._all(select(indexed_documents.c.hash).where(*_document(indexed_documents, bot, document)))
        return str(rows[0][0]) if rows else None

    def put(
        self, bot: str, document: Document, digest: str, pieces: Sequence[Chunk], guard: Guard = lambda _: None
    ) -> None:
        """Write a document and its chunks in place of what it had before, and raise the bot's version.

        `guard` is called first, in the same transaction; where it raises, nothing is written.
        """
        with self.transaction() as connection:
            guard(connection)
            drop_document(connection, bot, document.id)
            connection.execute(
                insert(indexed_documents),
                {"bot_id": bot, "document_id": document.id, "hash": digest, "title": document.title,
                 "text": document.text, "url": document.url, "topic": document.topic,
                 "metadata": dict(document.metadata), "pictures": rows_of_pictures(document)},
            )  # fmt: skip
            for batch in batched(pieces, _VALUES):
                connection.execute(
                    delete(removed_chunks).where(removed_chunks.c.uid.in_([piece.uid for piece in batch]))
                )
                connection.execute(insert(chunks), [row_of_chunk(piece) for piece in batch])
            raise_version(connection, bot)

    def remove(self, bot: str, document: str) -> int:
        """Remove a document and raise the bot's version. Returns how many chunks it had."""
        with self.transaction() as connection:
            removed = drop_document(connection, bot, document)
            raise_version(connection, bot)
            return removed

    def raise_version(self, bot: str) -> int:
        """Say that answers from a bot's documents may differ from now on. Returns the new version."""
        with self.transaction() as connection:
            return raise_version(connection, bot)

    def version(self, bot: str) -> int:
        """A number that grows with every change of a bot's documents; 0 before the first."""
        with self.engine.connect() as connection:
            return read_version(connection, bot)

    def chunks(self, rows: Iterable[int]) -> list[Chunk]:
        """The chunks of these rows, by row; rows that are gone are left out."""
        return [chunk_of_row(row) for row in self._among(select(chunks), chunks.c.id, rows)]

    def chunks_by_uid(self, uids: Iterable[str]) -> list[Chunk]:
        """The chunks the vector store knows by these names; unknown ones are left out."""
        return [chunk_of_row(row) for row in self._among(select(chunks), chunks.c.uid, uids)]

    def document_chunks(self, bot: str, document: str) -> list[Chunk]:
        """All chunks of a document, paraphrases included, in order."""
        query = select(chunks).where(*_document(chunks, bot, document)).order_by(chunks.c.id)
        return [chunk_of_row(row) for row in self._all(query)]

    def rows_of_bot(self, bot: str) -> list[int]:
        """The rows of all chunks of a bot."""
        return [int(row[0]) for row in self._all(select(chunks.c.id).where(chunks.c.bot_id == bot))]

    def records(self, bot: str, documents: Iterable[str]) -> dict[str, StoredDocument]:
        """The documents of a bot by id; unknown ones are left out."""
        query = _records().where(indexed_documents.c.bot_id == bot)
        rows = map(_stored, self._among(query, indexed_documents.c.document_id, documents))
        return {document.id: document for document in rows}

    def document_text(self, bot: str, document: str) -> str | None:
        """The whole text of a document, to check a citation against."""
        rows = self._all(select(indexed_documents.c.text).where(*_document(indexed_documents, bot, document)))
        return str(rows[0][0]) if rows else None

    def documents(self, bot: str) -> list[StoredDocument]:
        """Every document of a bot, by id."""
        query = _records().where(indexed_documents.c.bot_id == bot).order_by(indexed_documents.c.document_id)
        return list(map(_stored, self._all(query)))

    def document_fields(self, bot: str) -> dict[str, DocumentFields]:
        """The filterable fields of every document of a bot: its id, its topic, which is a tag too, its metadata."""
        table = indexed_documents.c
        rows = self._all(select(table.document_id, table.topic, table.metadata).where(table.bot_id == bot))
        return {str(row[0]): fields_of_row(*row) for row in rows}

    def rows_of(self, bot: str, documents: Iterable[str]) -> list[int]:
        """The rows of all chunks of these documents."""
        query = select(chunks.c.id).where(chunks.c.bot_id == bot)
        return [int(row[0]) for row in self._among(query, chunks.c.document_id, documents)]

    def pending(
        self, collection: str, lang: str, limit: int, *, bot: str | None = None, document: str | None = None
    ) -> list[Chunk]:
        """Some chunks of a language, of all bots or of one document, that have no vector in this collection yet."""
        query = _pending(select(chunks), collection, lang, bot, document).order_by(chunks.c.id).limit(limit)
        return [chunk_of_row(row) for row in self._all(query)]

    def pending_count(self, collection: str, lang: str, *, bot: str | None = None, document: str | None = None) -> int:
        """How many chunks `pending` has in all."""
        query = _pending(select(func.count()).select_from(chunks), collection, lang, bot, document)
        return int(self._all(query)[0][0])

    def mark_embedded(
        self, collection: str, rows: Sequence[tuple[int, bytes | None]], waiting: Sequence[bytes] | None = None
    ) -> None:
        """Record that these rows have their vector in the collection, with their token vectors where there are any.

        With `waiting`, packed vectors in the same order, the vectors are yet to be stored by the folder's owner.
        """
        vectors: Sequence[bytes | None] = waiting or [None] * len(rows)
        with self.transaction() as connection:
            query = select(chunks.c.id).where(chunks.c.id.in_([row for row, _ in rows]))
            present = {int(row[0]) for row in connection.execute(query)}
            marks = [
                {"collection": collection, "chunk_id": row, "tokens": tokens, "vector": vector,
                 "stored": waiting is None}
                for (row, tokens), vector in zip(rows, vectors, strict=True) if row in present
            ]  # fmt: skip
            if marks:
                _drop_marks(connection, collection, [mark["chunk_id"] for mark in marks])
                connection.execute(insert(chunk_vectors), marks)

    def waiting_vectors(self, collection: str, limit: int) -> list[tuple[Chunk, bytes]]:
        """Some chunks whose vectors the folder's owner has yet to store, with these vectors, packed."""
        query = (
            select(chunk_vectors.c.vector, *chunks.c)
            .join(chunks, chunks.c.id == chunk_vectors.c.chunk_id)
            .where(chunk_vectors.c.collection == collection, chunk_vectors.c.stored.is_(False))
            .order_by(chunks.c.id)
            .limit(limit)
        )
        return [(chunk_of_row(row[1:]), row[0]) for row in self._all(query)]

    def waiting_count(self, bot: str, document: str) -> int:
        """How many vectors of a document are yet to be stored by the folder's owner."""
        query = (
            select(func.count()).select_from(chunk_vectors).join(chunks, chunks.c.id == chunk_vectors.c.chunk_id)
            .where(chunk_vectors.c.stored.is_(False), *_document(chunks, bot, document))
        )  # fmt: skip
        return int(self._all(query)[0][0])

    def mark_stored(self, collection: str, rows: Sequence[int]) -> None:
        """Record that the folder's owner has stored the vectors of these rows."""
        with self.transaction() as connection:
            connection.execute(
                update(chunk_vectors)
                .where(chunk_vectors.c.collection == collection, chunk_vectors.c.chunk_id.in_(rows))
                .values(stored=True, vector=None)
            )

    def token_vectors(self, collection: str, rows: Sequence[int]) -> dict[int, bytes]:
        """The stored token vectors of these rows."""
        table = chunk_vectors.c
        query = select(table.chunk_id, table.tokens).where(table.collection == collection, table.tokens.is_not(None))
        return {int(row): tokens for row, tokens in self._among(query, table.chunk_id, rows)}

    def forgotten(self, uids: Iterable[str]) -> None:
        """Note those of these chunks that are gone, so that vectors written for them meanwhile are deleted."""
        wanted = list(uids)
        with self.transaction() as connection:
            here = {str(row[0]) for row in connection.execute(select(chunks.c.uid).where(chunks.c.uid.in_(wanted)))}
            if gone := [uid for uid in wanted if uid not in here]:
                connection.execute(delete(removed_chunks).where(removed_chunks.c.uid.in_(gone)))
                connection.execute(insert(removed_chunks), [{"uid": uid} for uid in gone])

    def removed(self, limit: int = 10_000) -> list[str]:
        """Names of chunks whose vectors are still to be deleted."""
        return [str(row[0]) for row in self._all(select(removed_chunks.c.uid).limit(limit))]

    def forget_removed(self, uids: Sequence[str]) -> None:
        """Record that these vectors are gone."""
        with self.transaction() as connection:
            for batch in batched(uids, _VALUES):
                connection.execute(delete(removed_chunks).where(removed_chunks.c.uid.in_(batch)))

    def count(self, bot: str | None = None) -> int:
        """How many chunks there are, of one bot or of all."""
        query = select(func.count()).select_from(chunks)
        return int(self._all(query.where(chunks.c.bot_id == bot) if bot else query)[0][0])

    def languages(self, bot: str) -> list[str]:
        """The languages a bot has chunks in."""
        return [str(row[0]) for row in self._all(select(chunks.c.lang).where(chunks.c.bot_id == bot).distinct())]

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(query).all()

    def _among(self, query: Select[Any], column: ColumnElement[Any], values: Iterable[T]) -> list[Any]:
        """The rows whose column has one of these values."""
        rows: list[Any] = []
        for batch in batched(dict.fromkeys(values), _VALUES):
            rows += self._all(query.where(column.in_(batch)))
        return rows


def batched(values: Iterable[V], size: int) -> Iterator[list[V]]:
    """Lists of at most `size` of the values."""
    waiting = list(values)
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


def _document(table: Any, bot: str, document: str) -> tuple[Any, Any]:
    return table.c.bot_id == bot, table.c.document_id == document


def _records() -> Select[Any]:
    table = indexed_documents.c
    return select(table.document_id, table.title, table.url, table.topic, table.pictures)


def _stored(row: Sequence[Any]) -> StoredDocument:
    return StoredDocument(str(row[0]), row[1], row[2], row[3], pictures_of_rows(row[4]))


def _pending(query: Select[Any], collection: str, lang: str, bot: str | None, document: str | None) -> Select[Any]:
    marked = select(chunk_vectors.c.chunk_id).where(
        chunk_vectors.c.collection == collection, chunk_vectors.c.chunk_id == chunks.c.id
    )
    query = query.where(chunks.c.lang == lang, ~marked.exists())
    if bot is not None:
        query = query.where(chunks.c.bot_id == bot)
    return query if document is None else query.where(chunks.c.document_id == document)


def drop_document(connection: Connection, bot: str, document: str) -> int:
    """Remove a document with its chunks, whose names wait until their vectors are gone too. Returns how many."""
    where = _document(chunks, bot, document)
    uids = [str(row[0]) for row in connection.execute(select(chunks.c.uid).where(*where))]
    for batch in batched(uids, _VALUES):
        connection.execute(delete(removed_chunks).where(removed_chunks.c.uid.in_(batch)))
        connection.execute(insert(removed_chunks), [{"uid": uid} for uid in batch])
    connection.execute(delete(chunks).where(*where))
    connection.execute(delete(indexed_documents).where(*_document(indexed_documents, bot, document)))
    return len(uids)


def _drop_marks(connection: Connection, collection: str, rows: Sequence[Any]) -> None:
    connection.execute(
        delete(chunk_vectors).where(chunk_vectors.c.collection == collection, chunk_vectors.c.chunk_id.in_(rows))
    )
