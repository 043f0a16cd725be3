"""A chunk as a row of its table, and back; what a document's row says that it can be filtered by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pedalcast.rag.storage.document_filters import DocumentFields
from pedalcast.rag.text.chunk import TERM, Chunk
from pedalcast.rag.types import DOCUMENT_ID, TAG


def row_of_chunk(chunk: Chunk) -> dict[str, Any]:
    """The columns to insert."""
    return {
        "uid": chunk.uid, "bot_id": chunk.bot, "document_id": chunk.document, "number": chunk.number,
        "is_paraphrase": chunk.is_paraphrase, "lang": chunk.lang, "start": chunk.start, "stop": chunk.stop,
        "page": chunk.page, "heading": chunk.heading, "text": chunk.text, "terms": chunk.terms.tobytes(),
        "sentences": chunk.sentences.tobytes(), "title": chunk.title.tobytes(),
    }  # fmt: skip


def chunk_of_row(row: Sequence[Any]) -> Chunk:
    """The chunk of a row of all columns, in the table's order."""
    return Chunk(
        row=row[0], uid=row[1], bot=row[2], document=row[3], number=row[4], is_paraphrase=bool(row[5]), lang=row[6],
        start=row[7], stop=row[8], page=row[9], heading=row[10], text=row[11], terms=np.frombuffer(row[12], TERM),
        sentences=np.frombuffer(row[13], np.uint32).reshape(-1, 2), title=np.frombuffer(row[14], np.int64),
    )  # fmt: skip


def fields_of_row(document: str, topic: str | None, metadata: Mapping[str, str | list[str]]) -> DocumentFields:
    """What a document can be filtered by: its id, its topic, which is a tag too, and its metadata."""
    fields = {field: frozenset([kept] if isinstance(kept, str) else kept) for field, kept in metadata.items()}
    about = {TAG: fields.get(TAG, frozenset()) | {topic}, "topic": frozenset({topic})} if topic else {}
    return {**fields, **about, DOCUMENT_ID: frozenset({document})}
