"""Scores answers from articles: the article is cited, and its decisive sentences stand in the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pedalcast.riders.catalogue import Expectation, RiderVerdict


def judge_article(expect: Expectation, answer: Mapping[str, Any]) -> RiderVerdict:
    """Right where every list of `says` has a piece in the answer, partly where some have."""
    if not answer["metadata"]["answered"]:
        return RiderVerdict.WRONGLY_REFUSED
    cited = {source["document_id"].rsplit(".", 1)[0] for source in answer["sources"] if source["type"] == "document"}
    if not cited & set(expect.articles):
        return RiderVerdict.WRONG
    text = flat(answer["answer"])
    hits = [any(flat(piece) in text for piece in pieces) for pieces in expect.says]
    if all(hits):
        return RiderVerdict.RIGHT
    return RiderVerdict.PARTLY if any(hits) else RiderVerdict.WRONG


def judge_refusal(answer: Mapping[str, Any]) -> RiderVerdict:
    """Right where nothing is claimed; partly where the question was taken for one about an unknown station."""
    if answer["metadata"]["answered"] or answer["sources"]:
        return RiderVerdict.WRONGLY_ANSWERED
    names_station = answer["metadata"]["rag_type"] == "live"
    return RiderVerdict.PARTLY if names_station else RiderVerdict.RIGHT


def flat(text: str) -> str:
    """The text without citation markers, each run of white space as one space."""
    return re.sub(r"\s+", " ", re.sub(r"\s?\[\d+\]", "", text)).strip()
