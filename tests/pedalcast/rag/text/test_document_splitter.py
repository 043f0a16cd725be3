"""Chunks: whole sentences, verbatim, each once."""

from __future__ import annotations

from pedalcast.rag.text.document_splitter import split_document
from pedalcast.rag.types import Document

LIMITS = {"ko": 120, "en": 200}
TEXT = " ".join(f"Sentence number {n} says that bike {n} stands at dock {n}." for n in range(40))


def test_every_sentence_lies_in_exactly_one_chunk() -> None:
    chunks = split_document(Document("d", "Docks", TEXT), "b", "h", LIMITS)
    assert len(chunks) > 5
    sentences = [c.text[a:b] for c in chunks for a, b in c.sentences.tolist()]
    assert " ".join(sentences) == TEXT


def test_chunks_are_verbatim_and_within_the_limit() -> None:
    for chunk in split_document(Document("d", "", TEXT), "b", "h", LIMITS):
        assert chunk.text == TEXT[chunk.start : chunk.stop]
        assert len(chunk.text) <= LIMITS["en"]


def test_pages_count_from_one() -> None:
    chunks = split_document(Document("d", "", TEXT, page_starts=(0, 1000)), "b", "h", LIMITS)
    assert [c.page for c in chunks] == [1 if c.start < 1000 else 2 for c in chunks]


def test_alternative_questions_follow_and_names_are_stable() -> None:
    document = Document("d", "Docks", TEXT, paraphrases=("Where is my bike?", " Where is my bike? "))
    one, two = (split_document(document, "b", "h", LIMITS) for _ in range(2))
    assert [c.text for c in one if c.is_paraphrase] == ["Where is my bike?"]
    assert [c.uid for c in one] == [c.uid for c in two]
    assert {c.uid for c in one}.isdisjoint(c.uid for c in split_document(document, "other", "h", LIMITS))


def test_chunks_know_the_headings_they_stand_under() -> None:
    rule = "Whoever rents a bike brings it back to a dock before the day ends, or pays for one more day. "
    text = (
        f"# Rules\n\n{rule}\n\n## Fares\n\n{rule * 3}\n\n### Refunds ###\n\n{rule}\n\n"
        f"```\n# no heading\n{rule}\n```\n\n## 반납\n\n{rule}"
    )
    chunks = split_document(Document("d", "Rules", text, paraphrases=("Why?",)), "b", "h", LIMITS)
    assert [c.heading for c in chunks if c.is_paraphrase] == [""]
    paths = {c.text.strip("#\n `").split("\n")[0]: c.heading for c in chunks if not c.is_paraphrase}
    assert (paths["Rules"], paths["Fares"], paths["Refunds ###"], paths["반납"]) == (
        "", "Fares", "Fares > Refunds", "반납",
    )  # fmt: skip
    assert paths["no heading"] == "Fares > Refunds"
    untitled = split_document(Document("d", "", text), "b", "h", LIMITS)
    assert {c.heading for c in untitled} == {"Rules", "Rules > Fares", "Rules > Fares > Refunds", "Rules > 반납"}


def test_headings_may_be_known_apart_from_the_text() -> None:
    outline = ((0, 1, "Docks"), (0, 2, "First"), (1000, 2, "Second"))
    chunks = split_document(Document("d", "Docks", TEXT, outline=outline), "b", "h", LIMITS)
    assert [c.heading for c in chunks] == ["First" if c.start < 1000 else "Second" for c in chunks]


def test_nothing_becomes_nothing() -> None:
    assert split_document(Document("d", "Title", " \n ", paraphrases=("Why?",)), "b", "h", LIMITS) == []
