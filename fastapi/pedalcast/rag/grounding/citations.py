"""Checks citations while the answer streams, and maps the model's passage numbers to sources.

A marker is buffered until its sentence ends, and the sentence is checked against the passages it cites. Markers with
unknown numbers are dropped, as are those of sentences that their sources do not support. The others are renumbered in
order of first use, one number a document. The result does not depend on how the stream is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pedalcast.rag.grounding.citation_markers import CitationMark, CitationMarkerParser, Piece, TextPiece
from pedalcast.rag.grounding.sentence_check import (
    WITH_NUMBERS,
    SentenceCheck,
    Source,
    best_span,
    check_sentence,
    content,
)
from pedalcast.rag.text.quantities import claimed
from pedalcast.rag.types import Passage

_CLOSERS = "\"'”’»)*_`"
_TERMINATORS = ".!?…。!?"
_NO_SPACE_NEEDED = "。"
_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:e\.g|i\.e|approx|No|St|Stn|Ave|Rd|Blvd|Sq|Mt|Dr|Mr|Mrs|Ms|vs|cf|ca|Fig|Inc|[A-Z])\.$"
)
_LIST_NUMBER = re.compile(r"^\W*\d{1,3}[.)]$")
_FACTUAL = 4  # content words from which on a sentence without a number says something that needs a source


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered passage the answer may cite. A station's live data carries when it was observed."""

    passage: Passage
    kind: str = "document"  # or "station"
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A sentence that its sources do not support. `reason`: "numbers", "words", "negation" (its marker was dropped),
    "unsourced" (a statement without a marker that no passage supports), "unknown" (a marker of no passage), "address"
    (a link that no passage has)."""

    reason: str
    sentence: str
    numbers: tuple[str, ...] = ()


@dataclass(slots=True)
class Cited:
    """A source of the answer: its number in the text, the passages cited, and their supporting sentences."""

    number: int
    evidence: Evidence
    quotes: list[tuple[Evidence, int, int]] = field(default_factory=list)  # offsets into that passage's text


@dataclass(slots=True)
class _Group:
    """Markers that stand together, the white space before them, and how much of the sentence stood before them."""

    space: str
    numbers: list[int]
    before: int


class Citations:
    """A stream transformer: pass each piece to `feed` and show what it returns; call `finish` at the end.

    With `strict`, for live data, each sentence is returned only after its check, and unsupported ones are left out.
    `sources` are those the answer already has; what is cited here is added to them.
    """

    def __init__(
        self, evidence: Sequence[Evidence], *, strict: bool = False, sources: list[Cited] | None = None
    ) -> None:
        self.evidence = tuple(evidence)
        self.flags: list[Flag] = []
        self.sources: list[Cited] = [] if sources is None else sources
        self._strict = strict
        self._checks = [Source(item.passage.text) for item in self.evidence]
        self._markers = CitationMarkerParser(self._allowed)
        self._sentence: list[str | _Group] = []
        self._space = ""  # white space whose fate the next piece decides
        self._started = False

    def feed(self, text: str) -> str:
        return self._out(out for piece in self._markers.feed(text) for out in self._piece(piece))

    def finish(self) -> str:
        shown = [out for piece in self._markers.finish() for out in self._piece(piece)]
        shown += self._close()
        self._space = ""
        self.flags += [Flag("address", address) for address in self._markers.refused]
        return self._out(shown)

    def _out(self, pieces: Iterable[str]) -> str:
        """The text to show, without leading white space at the start of the answer."""
        text = "".join(pieces)
        text = text if self._started else text.lstrip()
        self._started = self._started or bool(text)
        return text

    def _allowed(self, address: str) -> bool:
        return any(address in item.passage.text or address == item.passage.url for item in self.evidence)

    def _piece(self, piece: Piece) -> Iterable[str]:
        if isinstance(piece, CitationMark):
            self._add_mark(piece)
            return ()
        if piece.text.isspace():
            self._space += piece.text
            return ()
        closed = list(self._close()) if self._ended(piece.text) else []
        return [*closed, *self._add_text(piece)]

    def _add_text(self, piece: TextPiece) -> Iterable[str]:
        text, self._space = self._space + piece.text, ""
        self._sentence.append(text)
        held = self._strict or any(isinstance(part, _Group) for part in self._sentence)
        return () if held else (text,)

    def _add_mark(self, mark: CitationMark) -> None:
        if self._sentence and isinstance(last := self._sentence[-1], _Group):
            last.numbers += mark.numbers
        else:  # the first thing on a new line vouches for the line before it
            space = " " if "\n" in self._space and self._sentence else self._space
            self._sentence.append(_Group(space, list(mark.numbers), len(self._text())))
        self._space = ""

    def _text(self) -> str:
        return "".join(part for part in self._sentence if isinstance(part, str))

    def _ended(self, following: str) -> bool:
        text = self._text()
        if not text:
            return False
        bare = text.rstrip(_CLOSERS)
        if not self._space:
            return bare.endswith(tuple(_NO_SPACE_NEEDED))
        if "\n" in self._space:
            return True
        if not bare.endswith(tuple(_TERMINATORS)) or _LIST_NUMBER.match(text.strip()):
            return False
        return not (bare.endswith(".") and (following[:1].islower() or _ABBREVIATION.search(bare)))

    def _close(self) -> Iterable[str]:
        """End the sentence: check it, and return what was buffered."""
        parts, self._sentence = self._sentence, []
        text = "".join(part for part in parts if isinstance(part, str)).strip()
        groups = [part for part in parts if isinstance(part, _Group)]
        if not parts:
            return ()
        kept = self._judge(text, groups)
        if self._strict and kept is None:
            return ()
        first = 0 if self._strict else next((i for i, part in enumerate(parts) if isinstance(part, _Group)), len(parts))
        return [part if isinstance(part, str) else self._render(part, kept or {}) for part in parts[first:]]

    def _judge(self, text: str, groups: list[_Group]) -> dict[int, Cited] | None:
        """The supported markers, by the model's number; None where the sentence is not supported."""
        numbers = dict.fromkeys(n for group in groups for n in group.numbers)
        known = [n for n in numbers if 1 <= n <= len(self.evidence)]
        self.flags += [Flag("unknown", text, (str(n),)) for n in numbers if n not in known]
        if not known:
            return self._uncited(text)
        verdict = check_sentence(text, [self._checks[n - 1] for n in known])
        if not verdict.ok:
            self.flags.append(Flag(verdict.reason, text, verdict.numbers))
            return None
        kept = [n for n in known if self._contributes(n, text, groups)] or known
        return {n: self._cite(n, text) for n in kept}

    def _uncited(self, text: str) -> dict[int, Cited] | None:
        """Check a sentence without a marker: it passes unless it states something that no passage supports."""
        states = bool(claimed(text)) or len(content(text)) >= _FACTUAL
        if states and not any(check_sentence(text, [source]).ok for source in self._checks):
            self.flags.append(Flag("unsourced", text))
            return None
        return {}

    def _contributes(self, number: int, text: str, groups: list[_Group]) -> bool:
        """Whether the source supports the part of the sentence before its marker."""
        source = [self._checks[number - 1]]
        begin = 0
        for group in groups:
            part = text[begin : group.before] or text
            begin = group.before
            if number in group.numbers and _holds(check_sentence(part, source)):
                return True
        return _holds(check_sentence(text, source))

    def _cite(self, number: int, text: str) -> Cited:
        return cite(self.sources, self.evidence[number - 1], best_span(text, self._checks[number - 1]))

    def _render(self, group: _Group, kept: dict[int, Cited]) -> str:
        numbers = dict.fromkeys(kept[n].number for n in group.numbers if n in kept)
        return group.space + "".join(f"[{n}]" for n in numbers) if numbers else ""


def cite(sources: list[Cited], item: Evidence, span: tuple[int, int]) -> Cited:
    """The source of this evidence, added where it is new, with the quoted span of its text."""
    cited = next((known for known in sources if _same(known.evidence, item)), None)
    if cited is None:
        cited = Cited(len(sources) + 1, item)
        sources.append(cited)
    if (item, *span) not in cited.quotes:
        cited.quotes.append((item, *span))
    return cited


def _holds(verdict: SentenceCheck) -> bool:
    return verdict.ok and verdict.share >= WITH_NUMBERS


def _same(one: Evidence, other: Evidence) -> bool:
    return (one.passage.bot_id, one.passage.document_id) == (other.passage.bot_id, other.passage.document_id)
