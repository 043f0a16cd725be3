"""Checks whether a source supports a sentence: its numbers, its words, and its negation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pedalcast.rag.grounding.prompt_injection import is_injected_instruction
from pedalcast.rag.text.quantities import Quantity, claimed, missing, stated
from pedalcast.rag.text.segmentation import language, sentences
from pedalcast.rag.text.tokens import Term, TermKind, terms

ENOUGH = 0.5
"""The share of a sentence's content words that its source must have; a paraphrase keeps more, a neighbour less."""
WITH_NUMBERS = 0.3  # enough where the sentence states a number with its unit that the source states too
_ALIKE = 0.8  # how near a source sentence must be for its yes or no to count

_NEGATION = {
    "en": re.compile(r"\b(?:not|no|never|cannot|without|neither|nor)\b|n't\b", re.IGNORECASE),
    "ko": re.compile(r"않|못|없|아니|안\s?(?=[되돼하])|불가|금지|말아|마세요|마십시오"),
}


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """Whether a sentence is supported, and if not, the reason: "numbers", "words", "negation"."""

    ok: bool
    share: float = 0.0
    reason: str = ""
    numbers: tuple[str, ...] = ()  # the claimed numbers no source states, as written


@dataclass(slots=True)
class Source:
    """A text to check against. Values computed from it are cached, because one answer checks it many times."""

    text: str
    _words: set[str] | None = field(default=None, repr=False)
    _numbers: list[Quantity] | None = field(default=None, repr=False)
    _spans: list[tuple[int, int, set[str]]] | None = field(default=None, repr=False)

    @property
    def lang(self) -> str:
        return language(self.text)

    @property
    def words(self) -> set[str]:
        if self._words is None:
            self._words = set().union(*(words for _, _, words in self.spans))
        return self._words

    @property
    def numbers(self) -> list[Quantity]:
        if self._numbers is None:
            self._numbers = stated(self.said)
        return self._numbers

    @property
    def spans(self) -> list[tuple[int, int, set[str]]]:
        """The sentences: start, end, content words. Orders to a language model say nothing."""
        if self._spans is None:
            cuts = [cut for cut in sentences(self.text) if not is_injected_instruction(self.text[slice(*cut)])]
            self._spans = [(start, end, content(self.text[start:end])) for start, end in cuts]
        return self._spans

    @property
    def said(self) -> str:
        """The text, without the orders in it."""
        if not is_injected_instruction(self.text):
            return self.text
        return "\n".join(self.text[start:end] for start, end, _ in self.spans)


def content(text: str) -> set[str]:
    """The words that carry meaning, as retrieval matches them, without numbers (these are checked by value)."""
    found = terms(text, language(text))
    return {_bare(term) for term in found if not term.light and term.kind is not TermKind.NUMBER}


def _bare(term: Term) -> str:
    return term.key.removesuffix("/v")


def check_sentence(sentence: str, sources: list[Source]) -> SentenceCheck:
    """Whether the sources together support the sentence.

    Every number must be stated. In one language, at least `ENOUGH` of the content words must occur too, and the nearest
    source sentence, where it is near, must not say the opposite. Across languages only numbers and names are compared.
    """
    claims = claimed(sentence)
    absent = missing(claims, [n for source in sources for n in source.numbers])
    if absent:
        return SentenceCheck(ok=False, reason="numbers", numbers=tuple(q.text for q in absent))
    lang = language(sentence)
    same = [source for source in sources if source.lang == lang]
    if not same:
        return _across(sentence, sources)
    words = content(sentence)
    share = word_coverage(
        words, set().union(*(source.words for source in same)), " ".join(source.said for source in same)
    )
    if share < (WITH_NUMBERS if any(claim.kind for claim in claims) else ENOUGH):
        return SentenceCheck(ok=False, share=share, reason="words")
    if _contradicted(sentence, words, same, lang):
        return SentenceCheck(ok=False, share=share, reason="negation")
    return SentenceCheck(ok=True, share=share)


def word_coverage(words: set[str], offered: set[str], text: str = "") -> float:
    """The share of the words that occur among the offered ones, 0 to 1.

    Inflected stems and compounds count by their beginning, and a Korean word also where the text has it literally: the
    same compound is not always cut alike ("일일권" in two contexts).
    """
    if not words:
        return 1.0
    found = [w for w in words if w in offered or _related(w, offered) or (not w.isascii() and len(w) > 1 and w in text)]
    return len(found) / len(words)


def _related(word: str, offered: set[str]) -> bool:
    """Whether a longer or shorter form of the same word is offered ("대여" in "대여소", "cycl" in "cyclist")."""
    if len(word) < 2 or (word.isascii() and len(word) < 4):
        return False
    return any(
        (
            other.startswith(word)
            or (len(other) > 1 and word.startswith(other) and (not other.isascii() or len(other) > 3))
        )
        for other in offered
    )


def _across(sentence: str, sources: list[Source]) -> SentenceCheck:
    """Another language: the Latin names in the sentence must occur in the sources' text."""
    names = re.findall(r"[A-Z][A-Za-z]{2,}", sentence) if language(sentence) == "ko" else []
    text = " ".join(source.text for source in sources).casefold()
    share = sum(name.casefold() in text for name in names) / len(names) if names else 1.0
    return SentenceCheck(ok=share >= ENOUGH, share=share, reason="" if share >= ENOUGH else "words")


def _contradicted(sentence: str, words: set[str], sources: list[Source], lang: str) -> bool:
    nearest, best = "", 0.0
    for source in sources:
        for start, end, offered in source.spans:
            share = word_coverage(words, offered, source.text[start:end])
            if share > best:
                nearest, best = source.text[start:end], share
    if best < _ALIKE:
        return False
    pattern = _NEGATION[lang]
    return bool(pattern.search(sentence)) != bool(pattern.search(nearest))


def best_span(sentence: str, source: Source) -> tuple[int, int]:
    """Where the source's sentence nearest to this one stands in the source's text: what a citation quotes.

    A sentence that states the same numbers is preferred; across languages only numbers decide, then the first sentence.
    """
    claims = claimed(sentence)
    words = content(sentence)

    def nearness(span: tuple[int, int, set[str]]) -> float:
        start, end, offered = span
        lost = len(missing(claims, stated(source.text[start:end]))) if claims else 0
        return word_coverage(words, offered, source.text[start:end]) - 0.5 * lost / max(1, len(claims))

    start, end, _ = max(source.spans, key=nearness, default=(0, len(source.text), set()))
    return start, end
