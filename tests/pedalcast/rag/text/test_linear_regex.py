"""No text makes an expression of the answers' parts slow: RE2's are linear, the others are timed as texts grow."""

from __future__ import annotations

import pkgutil
import re
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from types import ModuleType

import pytest

import pedalcast.chat
import pedalcast.rag
from pedalcast.rag.text.linear_regex import linear

PUMPS = [
    "수고",
    "자전거 ",
    "자전거",
    "a",
    "a ",
    "1",
    "11 ",
    " ",
    "1번 ",
    "가나 ",
    "-",
    "1,000",
    "한 ",
    "지시 ",
    "A가",
    "1.",
    "십",
]
LENGTHS = (26, 40, 2000)  # a question has at most 2,000 characters
MOST_S = 0.15  # of thread time


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".llm." not in info.name and not info.name.endswith("__main__"):
            yield import_module(info.name)


def _patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth < 3 and isinstance(value, dict):
        yield from (found for item in value.values() for found in _patterns(item, depth + 1))
    elif depth < 3 and isinstance(value, list | tuple):
        yield from (found for item in value for found in _patterns(item, depth + 1))


BACKTRACKING = {
    pattern.pattern: (f"{module.__name__}.{name}", pattern)
    for package in (pedalcast.rag, pedalcast.chat)
    for module in _modules(package)
    for name, value in vars(module).items()
    for pattern in _patterns(value)
}


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    for _ in pattern.finditer(text):
        pass
    return time.thread_time() - began


@pytest.mark.parametrize(("name", "pattern"), BACKTRACKING.values(), ids=lambda v: v if isinstance(v, str) else "")
def test_no_text_takes_long(name: str, pattern: re.Pattern[str]) -> None:
    """Lengths grow step by step, so that an exponential expression fails at the first that is slow."""
    for pump, end in product(PUMPS, (" x\0",)):
        for length in LENGTHS:
            seconds = _seconds(pattern, (pump * length)[:length] + end)
            assert seconds < MOST_S, (name, pump, length, seconds)


def test_the_list_is_made_from_the_code() -> None:
    assert len(BACKTRACKING) > 20


def test_re2_takes_nested_repetitions_in_stride() -> None:
    assert linear(r"(?:수고\S*[\s.]*)+").fullmatch("수고" * 5000 + " x") is None
