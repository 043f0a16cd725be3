"""Markdown that tries to be more than text."""

from __future__ import annotations

import re
import time

import pytest

from pedalcast.board.safe_markdown import render_markdown


def test_formats_text() -> None:
    html = render_markdown("# 제목\n\n**굵게** ~~지움~~ [길](https://example.org)\n\n|a|b|\n|-|-|\n|1|2|")
    for part in ("<h1>제목</h1>", "<strong>굵게</strong>", "<s>지움</s>", "<td>2</td>"):
        assert part in html
    assert '<a href="https://example.org" rel="noopener noreferrer nofollow ugc">길</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        '[x](https://e.org "onmouseover=alert(1)")',
        "![x](https://tracker.example/pixel.png)",
        "<javascript:alert(1)>",
        "`<svg/onload=alert(1)>`",
        '<a href="https://e.org" style="position:fixed">x</a>',
        "<!--<script>-->",
    ],
)
def test_lets_no_markup_of_its_author_through(text: str) -> None:
    html = render_markdown(text)
    tags = re.findall(r"<\s*([a-z0-9]+)([^>]*)>", html)
    assert {name for name, _ in tags} <= {"p", "a", "code"}
    for _, attributes in tags:
        assert set(re.findall(r"([a-z]+)=\"", attributes)) <= {"href", "title", "rel"}
        assert not re.search(r"href=\"(?!https?://|mailto:)", attributes)


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "*a" * 5_000, "[a](" * 3_300, "*[a" * 2_500, ">" * 10_000, "|a" * 5_000]
)
def test_takes_no_text_long(text: str) -> None:
    begin = time.process_time()
    render_markdown(text)
    assert time.process_time() - begin < 5
