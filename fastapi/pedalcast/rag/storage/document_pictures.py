"""The pictures of a document as its row holds them, and which of them stand by a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pedalcast.rag.text.chunk import Chunk
from pedalcast.rag.text.heading_path import HeadingPaths
from pedalcast.rag.types import Document, Picture

REACH = 1000  # characters around a chunk in which a picture of its section stands by it


def rows_of_pictures(document: Document) -> list[dict[str, Any]]:
    """The document's pictures as JSON, each with the headings that it stands under."""
    paths = HeadingPaths(document.text, document.title, document.outline)
    return [
        {"key": picture.key, "alt": picture.alt, "offset": picture.offset, "heading": paths.at(picture.offset)}
        for picture in document.pictures
    ]


def pictures_of_rows(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Picture, ...]:
    """The pictures again; None is a row that was written before pictures were kept."""
    return tuple(Picture(row["key"], row["alt"], row["offset"], row["heading"]) for row in rows or ())


def pictures_by(chunk: Chunk, pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """Those within the chunk, and those near it under the same heading."""
    return tuple(
        picture
        for picture in pictures
        if chunk.start <= picture.offset <= chunk.stop
        or (picture.heading == chunk.heading and chunk.start - REACH <= picture.offset <= chunk.stop + REACH)
    )
