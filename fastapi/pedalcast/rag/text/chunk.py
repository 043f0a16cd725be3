"""A chunk: a piece of a document with its terms and sentences, as every index and ranking step reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TERM = np.dtype([("key", "<i8"), ("start", "<u4"), ("end", "<u4"), ("morpheme", "<i4"), ("kind", "u1"), ("light", "?")])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document as the indexes see it, or (`is_paraphrase`) a paraphrase of what it answers.

    `start` and `stop` are the piece's place in the document, `sentences` pairs of offsets into `text`, `terms` records
    of `TERM` with offsets into `text`, `title` the keys of the document's title. `heading` is the path of headings it
    stands under, with " > " between, "" where there is none. `uid` is a UUID that names the piece in the vector store.
    """

    uid: str
    bot: str
    document: str
    number: int
    is_paraphrase: bool
    lang: str
    start: int
    stop: int
    page: int | None
    text: str
    terms: NDArray[np.void]
    sentences: NDArray[np.uint32]
    title: NDArray[np.int64]
    row: int = -1
    heading: str = ""

    def index_keys(self) -> NDArray[np.int64]:
        """The terms the chunk is found by: its own and its title's, light words left out."""
        return np.concatenate([self.terms["key"][~self.terms["light"]], self.title])
