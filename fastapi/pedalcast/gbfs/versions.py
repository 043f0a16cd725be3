"""The GBFS versions that are served, and what differs between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
EARLIEST = datetime(2015, 12, 15, 5, 0, tzinfo=UTC)  # the earliest time that the schemas before 3.0 accept


@dataclass(frozen=True, slots=True)
class GbfsVersion:
    """One version: its `path` under /gbfs, and its full `name` as files state it."""

    path: str
    name: str

    @property
    def localized(self) -> bool:
        """Whether texts are lists of {text, language} and times RFC 3339: so since 3.0."""
        return self.path >= "3"

    def time(self, at: datetime) -> int | str:
        """A time as this version writes it."""
        if self.localized:
            return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return int(at.timestamp())

    def text(self, text: str, language: str, others: dict[str, str] | None = None) -> Any:
        """A text as this version writes it; `others` are the same text in other languages (language -> text)."""
        if not self.localized:
            return text
        texts = {language: text} | {code: words for code, words in (others or {}).items() if is_language(code)}
        return [{"text": words, "language": code} for code, words in texts.items()]

    def document(self, updated: datetime, ttl: int, content: dict[str, Any]) -> dict[str, Any]:
        """A whole file: `content` in the envelope that all files share."""
        head = {"last_updated": self.time(max(updated, EARLIEST)), "ttl": max(ttl, 0), "version": self.name}
        return head | {"data": content}


V2_3, V3_0, V3_1 = GbfsVersion("2.3", "2.3"), GbfsVersion("3.0", "3.0"), GbfsVersion("3.1", "3.1-RC3")


def served_versions(*, draft: bool) -> tuple[GbfsVersion, ...]:
    """The versions served, oldest first; 3.1, a release candidate, only as a `draft`."""
    return (V2_3, V3_0, V3_1) if draft else (V2_3, V3_0)


def language_code(language: str) -> str:
    """A BCP 47 tag as the schemas accept it: language and at most a region (`zh-Hant-TW` becomes `zh`)."""
    return language if is_language(language) else language.split("-", maxsplit=1)[0].lower()


def is_language(code: str) -> bool:
    """Whether the schemas accept the tag as it is."""
    return _LANGUAGE.fullmatch(code) is not None


def languages_of(first: str, names: Iterable[dict[str, str]]) -> list[str]:
    """The system's own language, and the others that any station is named in, sorted."""
    others = {code for translations in names for code in translations if is_language(code)} - {first}
    return [first, *sorted(others)]
