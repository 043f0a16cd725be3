"""The chunks at rest: one SQLite file that is the truth, from which both search indexes can be rebuilt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

import numpy as np

from pedalcast.rag.text.chunk import TERM, Chunk
from pedalcast.rag.types import Document

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    bot TEXT, id TEXT, hash TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT, topic TEXT,
    metadata TEXT NOT NULL, PRIMARY KEY (bot, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, bot TEXT NOT NULL, document TEXT NOT NULL,
    number INTEGER NOT NULL, question INTEGER NOT NULL, lang TEXT NOT NULL, start INTEGER NOT NULL,
    stop INTEGER NOT NULL, page INTEGER, text TEXT NOT NULL, terms BLOB NOT NULL, sentences BLOB NOT NULL,
    title BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS chunks_document ON chunks (bot, document);
CREATE TABLE IF NOT EXISTS embedded (
    collection TEXT, row INTEGER REFERENCES chunks (row) ON DELETE CASCADE, tokens BLOB,
    PRIMARY KEY (collection, row)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doomed (uid TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is kept of a document beside its chunks."""

    id: str
    title: str
    url: str | None
    topic: str | None


class ChunkStore:
    """One SQLite file in write-ahead mode, shared by this process's threads.

    >>> from pedalcast.rag.text.document_splitter import split_document
    >>> from pedalcast.rag.types import Document
    >>> store = ChunkStore(folder / "store" / "chunks.sqlite")
    >>> passes = Document("passes", "Passes", "A day pass costs 5,000 won.", paraphrases=("What does a pass cost?",))
    >>> rows = store.put("help", passes, "digest", split_document(passes, "help", "digest", {"ko": 400, "en": 900}))
    >>> [(chunk.text, chunk.is_paraphrase) for chunk in store.chunks(rows)]
    [('A day pass costs 5,000 won.', False), ('What does a pass cost?', True)]
    >>> store.close()
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;" + _SCHEMA)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def hash_of(self, bot: str, document: str) -> str | None:
        """The hash under which a document was last written, None if it is unknown."""
        rows = self._all("SELECT hash FROM documents WHERE bot=? AND id=?", (bot, document))
        return str(rows[0][0]) if rows else None

    def put(self, bot: str, document: Document, digest: str, chunks: Sequence[Chunk]) -> list[int]:
        """Write a document and its chunks in place of what it had before. Returns the new rows, in order."""
        with self.transaction():
            self._drop(bot, document.id)
            self._db.execute(
                "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?)",
                (bot, document.id, digest, document.title, document.text, document.url, document.topic,
                 json.dumps(dict(document.metadata), ensure_ascii=False)),
            )  # fmt: skip
            return [self._insert(chunk) for chunk in chunks]

    def remove(self, bot: str, document: str) -> list[int]:
        """Remove a document. Returns the rows its chunks had."""
        with self.transaction():
            return self._drop(bot, document)

    def _drop(self, bot: str, document: str) -> list[int]:
        rows = self._all("SELECT row FROM chunks WHERE bot=? AND document=?", (bot, document))
        self._db.execute(
            "INSERT OR IGNORE INTO doomed SELECT uid FROM chunks WHERE bot=? AND document=?", (bot, document)
        )
        self._db.execute("DELETE FROM chunks WHERE bot=? AND document=?", (bot, document))
        self._db.execute("DELETE FROM documents WHERE bot=? AND id=?", (bot, document))
        return [int(row[0]) for row in rows]

    def _insert(self, chunk: Chunk) -> int:
        self._db.execute("DELETE FROM doomed WHERE uid=?", (chunk.uid,))
        cursor = self._db.execute(
            "INSERT INTO chunks (uid, bot, document, number, question, lang, start, stop, page, text, terms, sentences,"
            " title) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (chunk.uid, chunk.bot, chunk.document, chunk.number, chunk.is_paraphrase, chunk.lang, chunk.start,
             chunk.stop, chunk.page, chunk.text, chunk.terms.tobytes(), chunk.sentences.tobytes(),
             chunk.title.tobytes()),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def chunks(self, rows: Iterable[int]) -> list[Chunk]:
        """The chunks of these rows; rows that are gone are left out."""
        return [
            _chunk(row)
            for row in self._all("SELECT * FROM chunks WHERE row IN (SELECT value FROM json_each(?))", [_json(rows)])
        ]

    def chunks_by_uid(self, uids: Iterable[str]) -> list[Chunk]:
        """The chunks the vector store knows by these names; unknown ones are left out."""
        return [
            _chunk(row)
            for row in self._all("SELECT * FROM chunks WHERE uid IN (SELECT value FROM json_each(?))", [_json(uids)])
        ]

    def uids(self, rows: Iterable[int]) -> list[str]:
        """The uids of these rows; rows that are gone are left out."""
        rows_read = self._all("SELECT uid FROM chunks WHERE row IN (SELECT value FROM json_each(?))", [_json(rows)])
        return [str(row[0]) for row in rows_read]

    def rows_by_uid(self, uids: Iterable[str]) -> list[int]:
        """The rows of these uids; unknown ones are left out."""
        rows_read = self._all("SELECT row FROM chunks WHERE uid IN (SELECT value FROM json_each(?))", [_json(uids)])
        return [int(row[0]) for row in rows_read]

    def document_chunks(self, bot: str, document: str) -> list[Chunk]:
        """All chunks of a document, paraphrases included, in order."""
        return [
            _chunk(r)
            for r in self._all("SELECT * FROM chunks WHERE bot=? AND document=? ORDER BY row", (bot, document))
        ]

    def scan(self, after: int = 0) -> Iterator[Chunk]:
        """Every chunk beyond a row, in order."""
        while rows := self._all("SELECT * FROM chunks WHERE row>? ORDER BY row LIMIT 1000", (after,)):
            yield from map(_chunk, rows)
            after = int(rows[-1][0])

    def records(self, bot: str, documents: Iterable[str]) -> dict[str, StoredDocument]:
        """The documents of a bot by id; unknown ones are left out."""
        rows = self._all(
            "SELECT id, title, url, topic FROM documents WHERE bot=? AND id IN (SELECT value FROM json_each(?))",
            (bot, _json(documents)),
        )
        return {str(row[0]): StoredDocument(*row) for row in rows}

    def document_text(self, bot: str, document: str) -> str | None:
        """The whole text of a document, to check a citation against."""
        rows = self._all("SELECT text FROM documents WHERE bot=? AND id=?", (bot, document))
        return str(rows[0][0]) if rows else None

    def documents(self, bot: str) -> list[StoredDocument]:
        """Every document of a bot, by id."""
        return [
            StoredDocument(*row) for row in self._all("SELECT id, title, url, topic FROM documents WHERE bot=?", (bot,))
        ]

    def document_metadata(self, bot: str) -> dict[str, dict[str, str]]:
        """The filterable fields of every document of a bot."""
        rows = self._all("SELECT id, topic, metadata FROM documents WHERE bot=?", (bot,))
        return {str(i): {**json.loads(meta), **({"topic": topic} if topic else {})} for i, topic, meta in rows}

    def rows_of(self, bot: str, documents: Iterable[str]) -> list[int]:
        """The rows of all chunks of these documents."""
        rows_read = self._all(
            "SELECT row FROM chunks WHERE bot=? AND document IN (SELECT value FROM json_each(?))",
            (bot, _json(documents)),
        )
        return [int(row[0]) for row in rows_read]

    def pending(self, collection: str, lang: str, limit: int) -> list[Chunk]:
        """Some chunks of a language that have no vector in this collection yet."""
        sql = (
            "SELECT * FROM chunks WHERE lang=? AND row NOT IN (SELECT row FROM embedded WHERE collection=?)"
            " ORDER BY row LIMIT ?"
        )
        return [_chunk(row) for row in self._all(sql, (lang, collection, limit))]

    def pending_count(self, collection: str, lang: str) -> int:
        """How many chunks of a language have no vector in this collection yet."""
        sql = "SELECT count(*) FROM chunks WHERE lang=? AND row NOT IN (SELECT row FROM embedded WHERE collection=?)"
        return int(self._all(sql, (lang, collection))[0][0])

    def mark_embedded(self, collection: str, rows: Sequence[tuple[int, bytes | None]]) -> None:
        """Record that these rows have their vector in the collection, with their token vectors where there are any."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO embedded SELECT ?, row, ? FROM chunks WHERE row=?",
                [(collection, tokens, row) for row, tokens in rows],
            )

    def token_vectors(self, collection: str, rows: Sequence[int]) -> dict[int, bytes]:
        """The stored token vectors of these rows."""
        rows_read = self._all(
            "SELECT row, tokens FROM embedded WHERE collection=? AND tokens IS NOT NULL"
            " AND row IN (SELECT value FROM json_each(?))",
            (collection, _json(rows)),
        )
        return {int(row): blob for row, blob in rows_read}

    def doomed(self) -> list[str]:
        """Names of pieces whose vectors are still to be deleted."""
        return [str(row[0]) for row in self._all("SELECT uid FROM doomed", ())]

    def forget_doomed(self, uids: Sequence[str]) -> None:
        """Record that these vectors are gone."""
        with self.transaction():
            self._db.executemany("DELETE FROM doomed WHERE uid=?", [(uid,) for uid in uids])

    def count(self, bot: str | None = None) -> int:
        """How many pieces are kept, of one bot or of all."""
        sql, values = (
            ("SELECT count(*) FROM chunks WHERE bot=?", (bot,)) if bot else ("SELECT count(*) FROM chunks", ())
        )
        return int(self._all(sql, values)[0][0])

    def languages(self, bot: str) -> list[str]:
        """The languages a bot has chunks in."""
        return [str(row[0]) for row in self._all("SELECT DISTINCT lang FROM chunks WHERE bot=?", (bot,))]

    def _all(self, sql: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg] # SQLite's rows
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _chunk(row: tuple) -> Chunk:  # type: ignore[type-arg] # an SQLite row
    """A row of `chunks`, columns in the schema's order."""
    return Chunk(
        row=row[0], uid=row[1], bot=row[2], document=row[3], number=row[4], is_paraphrase=bool(row[5]), lang=row[6],
        start=row[7], stop=row[8], page=row[9], text=row[10], terms=np.frombuffer(row[11], TERM),
        sentences=np.frombuffer(row[12], np.uint32).reshape(-1, 2), title=np.frombuffer(row[13], np.int64),
    )  # fmt: skip


def _json(values: Iterable[int] | Iterable[str]) -> str:
    return json.dumps(list(values))
