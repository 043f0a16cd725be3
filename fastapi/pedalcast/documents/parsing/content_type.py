"""What a file is, by its content; its name decides only between kinds of plain text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from pedalcast.documents.parsing.parsed_document import ParseError
from pedalcast.documents.parsing.text_decoding import decoded

KINDS = ("pdf", "docx", "hwpx", "hwp", "html", "markdown", "csv", "text")
MOST_UNPACKED = 300 << 20
_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_MARKDOWN = re.compile(r"\A---\n.*?\n---\n|^#{1,6} \S|^```|\[[^\]]+\]\([^)]+\)", re.MULTILINE | re.DOTALL)
_UNSUPPORTED = ParseError("unsupported_type", "This kind of file cannot be read.")


def content_type(path: Path, name: str) -> str:
    """One of `KINDS`. Raises `ParseError` where it is none of them, or where an archive is broken or too large."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise ParseError("empty_document", "The file is empty.")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK"):
        return _archive(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(path)
    if head.startswith(b"HWP Document File V"):
        raise ParseError("unsupported_type", "HWP 3 is not supported: save it as HWPX.")
    return _text(path, name)


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise ParseError("too_large", "Unpacked, the file is too large.")
            names = set(archive.namelist())
            manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    except (zipfile.BadZipFile, OSError, KeyError) as error:
        raise ParseError("damaged", "The file is damaged.") from error
    if b"encryption-data" in manifest:
        raise ParseError("encrypted", "The file needs a password.")
    if "word/document.xml" in names:
        return "docx"
    if "Contents/header.xml" in names or any(name.startswith("Contents/section") for name in names):
        return "hwpx"
    raise _UNSUPPORTED


def _compound(path: Path) -> str:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise ParseError("encrypted", "The file needs a password.")
    if b"HWP Document File" in content:
        return "hwp"
    raise _UNSUPPORTED


def _text(path: Path, name: str) -> str:
    text, suffix = decoded(path.read_bytes()), Path(name).suffix.lower()
    if text is None:
        raise _UNSUPPORTED
    if _HTML.search(text[:5000]):
        return "html"
    if suffix in {".csv", ".tsv"}:
        return "csv"
    if suffix in {".md", ".mdx", ".markdown"} or _MARKDOWN.search(text):
        return "markdown"
    return "text"
