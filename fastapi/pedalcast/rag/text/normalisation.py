"""One spelling for what comes in: composed letters, plain digits and forms, single spaces."""

from __future__ import annotations

import re
import unicodedata

from pedalcast.rag.text.linear_regex import linear

_NOT_JAMO = re.compile(r"[^\u3130-\u318f]+")  # "ㅠㅠ" stays as it is: NFKC would turn it into letters of syllables


def composed(text: str) -> str:
    """The text with its letters composed (NFC), so that one wording is one sequence of characters."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def plain_question(text: str) -> str:
    """A question as it is searched: NFKC ("１０２" is "102"), nothing invisible, runs of white space as one space.

    >>> plain_question("hel\u00admet\u200b  １")
    'helmet 1'
    """
    plain = _NOT_JAMO.sub(lambda run: unicodedata.normalize("NFKC", run.group()), composed(text))
    visible = (char for char in plain if unicodedata.category(char) != "Cf" or char == "\u200d")  # joins emoji
    return " ".join("".join(visible).split())


def has_words(text: str) -> bool:
    """Whether there is anything to look for: a letter that is no lone jamo, or a digit."""
    return any(char.isalnum() and not "\u3130" <= char <= "\u318f" for char in text)


_TAG = linear(r"</?[A-Za-z!][^<>]*>")
_MARKS = str.maketrans({"[": "(", "]": ")", "<": None, ">": None, "`": "'", "*": None, "|": "/"})


def plain_name(name: str) -> str:
    """A station's name as an answer may repeat it: composed, without markup, line breaks or what looks like a citation.

    Feeds may write anything there, and answers are rendered as Markdown with [n] for their sources.
    """
    return " ".join(_TAG.sub(" ", composed(name)).translate(_MARKS).split())
