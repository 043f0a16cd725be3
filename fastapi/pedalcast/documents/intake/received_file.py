"""A file that has come in, on this machine's disk."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_PART = 1 << 20
_UNWANTED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)  # controls, of direction too


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Its bytes lie at `path`; `name` is what its owner calls it."""

    path: Path
    name: str
    size: int
    sha256: str


def received(path: Path, name: str) -> ReceivedFile:
    """The file at `path` with its hash; reads it whole."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
            size += len(part)
    return ReceivedFile(path, plain_name(name), size, digest.hexdigest())


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, of 255 characters at most, "file" where nothing is left.

    >>> plain_name("C:\\\\Users\\\\me\\\\요금.pdf")
    '요금.pdf'
    >>> plain_name("../..")
    'file'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNWANTED.sub("", last).strip(" .")
    if len(plain) > 255:
        stem, dot, suffix = plain.rpartition(".")
        plain = f"{stem[:240]}{dot}{suffix[:14]}" if dot and len(suffix) <= 14 else plain[:255]
    return plain or "file"
