"""Text that is rubbish is refused, never indexed in silence."""

from __future__ import annotations

import re
import unicodedata

from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError

_BAD_SHARE = 0.1
_WORDS = re.compile(r"[A-Za-z]+")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


def check_quality(document: ParsedDocument) -> None:
    """Raises `ParseError`: "empty_document" without text, "unreadable_text" for what are no letters of a language."""
    letters = [c for c in document.text if not c.isspace()]
    if not any(c.isalnum() for c in letters):
        raise ParseError("empty_document", "There is no text in the file.")
    bad = sum(c == "\ufffd" or unicodedata.category(c) in {"Co", "Cc", "Cn"} for c in letters)
    if bad > _BAD_SHARE * len(letters) or _is_gibberish(document.text):
        raise ParseError("unreadable_text", "The file's text layer is not readable text.")
    document.text = _cleaned(document.text)


def _is_gibberish(text: str) -> bool:
    """Whether Latin words lack vowels: codes of signs taken for letters."""
    words = [word for word in _WORDS.findall(text) if len(word) > 3]
    latin, korean = sum(map(len, words)), len(re.findall(r"[가-힣]", text))
    if len(words) < 4 or korean > 0.2 * latin:
        return False
    return sum(not _VOWEL.search(word) for word in words) > 0.35 * len(words)


def _cleaned(text: str) -> str:
    """Signs of private use and controls become spaces, so that offsets stay."""
    return "".join(" " if unicodedata.category(c) in {"Co", "Cc"} and c not in "\n\t" else c for c in text)
