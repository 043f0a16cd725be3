"""No text makes an expression slow: RE2's are linear, all others are found in the code and timed as texts grow.

Found are the compiled patterns of every module, and the literals in calls such as `re.sub(r"…", …)`, by reading the
source. The texts repeat what each expression itself looks for, so that a new one is tried with its own food.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise, product
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import collector
import forecaster
import pedalcast

PUMPS = ["수고", "자전거 ", "a", "a ", "1", "11 ", " ", "1번 ", "-", "1,000", "한 ", "A가", "1.", "십", "\n", "\t \n"]
LENGTHS = (26, 40, 2000)  # a question has at most 2,000 characters
MOST_FOOD = 16  # pieces of an expression to make texts of
MOST_S = 0.15  # of thread time
CALLS = {"sub", "subn", "search", "match", "fullmatch", "findall", "finditer", "split", "compile"}
NAMED = {"category_digit": "1", "category_space": " ", "category_word": "a", "category_not_space": "a"}
Expression = re.Pattern[str] | re.Pattern[bytes]


def _modules(package: ModuleType) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Every module's name, source and variables; without variables where an optional package is not installed."""
    folder = Path(package.__path__[0])
    for path in sorted(folder.rglob("*.py")):
        if {"migrations", "riders"} & {*path.parts} or path.name == "__main__.py":
            continue  # no part of the service
        name = ".".join([package.__name__, *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__")
        try:
            yield name, path, vars(import_module(name))
        except ModuleNotFoundError:
            if ".llm." not in name:
                raise
            yield name, path, {}


def _compiled(value: object, depth: int = 0) -> Iterator[Expression]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        yield from (each for item in value.values() for each in _compiled(item, depth + 1))
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        yield from (each for item in value for each in _compiled(item, depth + 1))


def _written(name: str, path: Path, variables: dict[str, Any]) -> Iterator[tuple[str, Expression]]:
    """The expressions in calls of `re`'s functions that stand in a module's source."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in CALLS:
            place = f"{name}:{node.lineno}"
            if (pattern := _value(node.args[0], variables)) is not None:
                flags = re.IGNORECASE | re.DOTALL if isinstance(pattern, str) else re.IGNORECASE
                yield place, re.compile(pattern, flags)
            else:
                assert node.func.attr == "compile", f"{place}: an expression that cannot be read from the source"


def _value(node: ast.expr, variables: dict[str, Any]) -> Any:
    """What a constant, or a name of the module, holds; None where it is made at run time."""
    if isinstance(node, ast.Constant):
        return node.value
    return variables.get(node.id) if isinstance(node, ast.Name) else None


def _expressions() -> dict[tuple[object, int], tuple[str, Expression]]:
    expressions: dict[tuple[object, int], tuple[str, Expression]] = {}
    for package in (pedalcast, forecaster, collector):
        for name, path, variables in _modules(package):
            compiled = [(f"{name}.{key}", each) for key, value in variables.items() for each in _compiled(value)]
            for place, each in [*compiled, *_written(name, path, variables)]:
                expressions.setdefault((each.pattern, each.flags), (place, each))
    return expressions


EXPRESSIONS = _expressions()


def _food(tree: Any) -> Iterator[str]:
    """What an expression looks for, in pieces: runs of literals, and a letter of every class."""
    run = ""
    for kind, value in tree:
        if kind is constants.LITERAL:
            run += chr(value)
            continue
        if run:
            yield run
        run = ""
        yield from _inner(kind, value)
    if run:
        yield run


def _inner(kind: Any, value: Any) -> Iterator[str]:
    if kind is constants.IN:
        yield from _food([item for item in value if item[0] is constants.LITERAL])
        yield from (chr(item[1][0]) for item in value if item[0] is constants.RANGE)
        yield from (NAMED.get(str(item[1]).lower(), "é") for item in value if item[0] is constants.CATEGORY)
    elif kind is constants.BRANCH:
        for branch in value[1]:
            yield from _food(branch)
    elif isinstance(value, tuple):
        for part in value:
            if isinstance(part, parser.SubPattern):
                yield from _food(part)


def _pumps(pattern: Expression) -> list[str]:
    food = list(dict.fromkeys(_food(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))))[:MOST_FOOD]
    return list(dict.fromkeys([*food, *(a + b for a, b in pairwise(food)), *PUMPS]))


def _seconds(pattern: Any, text: str) -> float:
    subject = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.thread_time()
    for _ in pattern.finditer(subject):
        pass
    return time.thread_time() - began


@pytest.mark.parametrize(("name", "pattern"), EXPRESSIONS.values(), ids=lambda v: v if isinstance(v, str) else "")
def test_no_text_takes_long(name: str, pattern: Expression) -> None:
    """Lengths grow step by step, so that an exponential expression fails at the first that is slow."""
    pumps = _pumps(pattern)
    for pump, start in product(pumps, ("", pumps[0])):
        for length in LENGTHS:
            seconds = _seconds(pattern, start + (pump * length)[:length] + " x\0")
            assert seconds < MOST_S, (name, start, pump, length, seconds)


class TestTheList:
    def test_has_compiled_patterns_and_literals(self) -> None:
        names = {name for name, _ in EXPRESSIONS.values()}
        assert len(names) > 60
        assert any("rag.routing.router:" in name for name in names)
        assert "collector.parsing.times._OFFSET" in names

    def test_reads_modules_whose_packages_are_not_installed(self, tmp_path: Path) -> None:
        source = tmp_path / "provider.py"
        source.write_text('import re, missing\n\ndef f(text):\n    return re.sub(r"(a+)+$", "", text)\n')
        assert [each.pattern for _, each in _written("provider", source, {})] == ["(a+)+$"]

    @pytest.mark.parametrize("blowing_up", [r"(?:a+)+$", r"(\s*x?\s*)*y", r"(?:수고\S*[\s.]*)+$"])
    def test_an_expression_that_blows_up_would_fail(self, blowing_up: str) -> None:
        pattern = re.compile(blowing_up)
        # A letter more at a time over all texts: the first that is slow is far from one that would never end.
        texts = ((pump * length)[:length] + " x\0" for length in range(8, 64) for pump in _pumps(pattern))
        assert next((text for text in texts if _seconds(pattern, text) > MOST_S), None) is not None
