"""Sentences: cut where readers would, and nothing lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedalcast.rag.text.segmentation import language, sentences


def cut(text: str) -> list[str]:
    return [text[start:stop] for start, stop in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith paid 3.5 dollars. He left.", ["Dr. Smith paid 3.5 dollars.", "He left."]),
        ("The U.S. Army came. It won.", ["The U.S. Army came.", "It won."]),
        ('"Why?" she asked. Nobody knew.', ['"Why?" she asked.', "Nobody knew."]),
        ("이용권을 사세요. 앱에서 됩니다.", ["이용권을 사세요.", "앱에서 됩니다."]),
        ("지명수배되었다.그는 갔다.", ["지명수배되었다.", "그는 갔다."]),
        ('그는 "왔다."라고 말했다. 끝.', ['그는 "왔다."라고 말했다.', "끝."]),
        ("# Title\nText goes on\n- one\n- two", ["# Title", "Text goes on", "- one", "- two"]),
        (
            "A line that was wrapped by hand somewhere in its middle\nand goes on here. Done.",
            ["A line that was wrapped by hand somewhere in its middle\nand goes on here.", "Done."],
        ),
    ],
)
def test_cuts(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet="가나다 aB.?!\n\"'()12-#", max_size=80))
def test_nothing_is_lost_and_nothing_overlaps(text: str) -> None:
    spans = sentences(text)
    kept = "".join(text[start:stop] for start, stop in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:stop].strip() == text[start:stop] != "" for start, stop in spans)


@pytest.mark.parametrize(
    ("text", "lang"), [("GBFS API가 뭐야?", "ko"), ("What is Ttareungyi (따릉이) about?", "en"), ("42", "en")]
)
def test_language_goes_by_script(text: str, lang: str) -> None:
    assert language(text) == lang
