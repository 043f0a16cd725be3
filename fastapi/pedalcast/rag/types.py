"""What goes into retrieval and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KIND, TAG, DOCUMENT_ID = "kind", "tag", "document_id"  # what documents are filtered by, and by their other metadata


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a document: `key` is the SHA-256 of its content, `alt` says what it shows, "" where nothing does.

    It stands at `offset` of the document's text, under the path of headings `heading`.
    """

    key: str
    alt: str
    offset: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be known. All offsets anywhere are characters (code points) into `text`.

    `lang` is "ko" or "en", None to go by the script. `paraphrases` are questions people ask this document's
    content by; they are searched, never quoted. `paraphrase_sections` names the heading of the section that a
    paraphrase is about, where it is not about the whole text. `page_starts` holds the offset at which each page
    begins, for sources with pages; `outline` the offset, level and words of headings that the text does not mark as
    Markdown does, by offset. `metadata` can be filtered on: `KIND` is the kind of its source, `TAG` its tags.
    `pictures` go with the passages that they stand by.
    """

    id: str
    title: str
    text: str
    lang: str | None = None
    url: str | None = None
    topic: str | None = None
    paraphrases: tuple[str, ...] = ()
    page_starts: tuple[int, ...] = ()
    metadata: Mapping[str, str | list[str]] = field(default_factory=dict)
    paraphrase_sections: Mapping[str, str] = field(default_factory=dict)
    outline: tuple[tuple[int, int, str], ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that was found: `text` is the document's text from `start` to `end`, unchanged.

    `score` is the reranker's: comparable between questions, higher is better, not a probability. `page` counts from 1
    and is None where the source has no pages; `heading` is the path of headings it stands under, with " > " between;
    `pictures` are those that stand by it.
    """

    chunk_id: str
    document_id: str
    title: str
    url: str | None
    page: int | None
    lang: str
    text: str
    start: int
    end: int
    bot_id: str
    score: float
    topic: str | None = None
    heading: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence quoted verbatim: `text` is `passage.text[start:end]`. `score` orders quotes of one question."""

    passage: Passage
    start: int
    end: int
    text: str
    score: float

    @property
    def document_span(self) -> tuple[int, int]:
        """Where the sentence stands in the whole document."""
        return self.passage.start + self.start, self.passage.start + self.end


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """The passages for a question, best first, and what went wrong on the way.

    `notes` is empty when every step ran; otherwise one plain line per step that failed or was too slow, for the
    answer's metadata. `timings` is seconds by step.
    """

    passages: tuple[Passage, ...]
    timings: dict[str, float]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class IngestReport:
    """What an ingest did: documents written, unchanged and therefore skipped, empty; chunks written; seconds taken."""

    written: int = 0
    unchanged: int = 0
    empty: int = 0
    chunks: int = 0
    seconds: float = 0.0
