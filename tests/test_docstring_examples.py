"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest
import redis
from structlog.testing import capture_logs

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("lambda/collector", "ml/forecaster", "fastapi/pedalcast")
# Examples over a reader's own tables, which are nowhere defined, and over a PostgreSQL, which the store's tests start.
SKETCHES = ("pedalcast.database.", "pedalcast.rag.storage.vectors.pgvector_store")


def modules_with_examples() -> list[str]:
    """The dotted names of the modules that hold an example."""
    names = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if ">>> " in path.read_text(encoding="utf-8"):
                parts = path.relative_to((ROOT / folder).parent).with_suffix("").parts
                names.append(".".join(part for part in parts if part != "__init__"))
    return [name for name in names if not name.startswith(SKETCHES)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples, so that the embedding models' files are built once."""
    return tmp_path_factory.mktemp("examples")


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_hold(name: str, tmp_path: Path, folder: Path, redis_client: redis.Redis) -> None:
    """Each example runs with `tmp_path`, an empty folder, `folder`, which the others use too, and an empty Redis."""
    names = {"tmp_path": tmp_path, "folder": folder, "redis_client": redis_client}
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    with capture_logs():  # services that other tests of this process keep running would write into what is compared
        outcome = doctest.testmod(import_module(name), extraglobs=names, optionflags=options)
    assert outcome.attempted > 0
    assert outcome.failed == 0
