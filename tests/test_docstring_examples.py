"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("lambda/collector", "ml/forecaster", "fastapi/pedalcast")
SKETCHES = ("pedalcast.database.",)  # examples over a reader's own tables, which are nowhere defined


def modules_with_examples() -> list[str]:
    """The dotted names of the modules that hold an example."""
    names = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if ">>> " in path.read_text(encoding="utf-8"):
                parts = path.relative_to((ROOT / folder).parent).with_suffix("").parts
                names.append(".".join(part for part in parts if part != "__init__"))
    return [name for name in names if not name.startswith(SKETCHES)]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_hold(name: str, tmp_path: Path) -> None:
    """Each example runs with `tmp_path`, an empty folder, at hand."""
    outcome = doctest.testmod(import_module(name), extraglobs={"tmp_path": tmp_path}, optionflags=doctest.ELLIPSIS)
    assert outcome.attempted > 0
    assert outcome.failed == 0
