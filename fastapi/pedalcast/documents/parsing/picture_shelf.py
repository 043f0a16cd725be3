"""Pictures inside a file: which of them are kept, and where they stand in its text."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from pedalcast.documents.parsing.parsed_document import ParsedDocument

MOST_PICTURES = 100  # of one file
MOST_PICTURE_BYTES = 5 << 20
MOST_ALL_BYTES = 32 << 20
_LONGEST_ALT = 500  # characters
_MARK = re.compile(r"⟦picture (\d{1,4})⟧")
_CAPTION = re.compile(r"\s{0,20}((?:그림|사진|도표|figure|fig\.|picture|photo)\s{0,5}\d[^\n]{0,300})", re.IGNORECASE)
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
               (b"GIF89a", "image/gif"))  # fmt: skip


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that browsers show without running anything, by its first bytes; None for others.

    >>> picture_type(b"GIF89a..."), picture_type(b"<svg onload='alert(1)'/>")
    ('image/gif', None)
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), None)


class PictureShelf:
    """Keeps the pictures of one file in `folder`, each under the SHA-256 of its content; without a folder none.

    A reader writes the mark that `put` gives where a picture stands, and calls `place` when the text is whole.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._put: list[tuple[str, str]] = []  # SHA-256 and alternative text
        self._bytes = 0
        self._left_out = 0

    def put(self, content: bytes, alt: str = "") -> str:
        """The mark of a picture; "" for one that is not kept: of another kind, too large, or one too many."""
        if self._folder is None:
            return ""
        name = sha256(content).hexdigest()
        path = self._folder / name
        added = 0 if path.exists() else len(content)
        fits = len(content) <= MOST_PICTURE_BYTES and self._bytes + added <= MOST_ALL_BYTES
        if picture_type(content) is None or not fits or len(self._put) == MOST_PICTURES:
            self._left_out += 1
            return ""
        if added:
            path.write_bytes(content)
            self._bytes += added
        self._put.append((name, " ".join(alt.split())[:_LONGEST_ALT]))
        return f"⟦picture {len(self._put) - 1}⟧"

    def place(self, document: ParsedDocument) -> None:
        """Take the marks out of a text without pages, and note where each picture stands.

        One without an alternative text has the caption that follows it, if one does.
        """
        text, end = "", 0
        for mark in _MARK.finditer(document.text):
            text += document.text[end : mark.start()]
            end = mark.end()
            if int(mark[1]) < len(self._put):
                name, alt = self._put[int(mark[1])]
                caption = None if alt else _CAPTION.match(document.text, end)
                document.pictures.append((len(text), name, alt or (caption[1].strip() if caption else "")))
        document.text = text + document.text[end:]
        if self._left_out:
            document.notes.append(f"pictures left out: {self._left_out}")
