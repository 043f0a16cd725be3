"""Everything here starts servers around the service and waits for them: by `make operations`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.operations)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A short path, for sockets, that other users' programs may enter."""
    with tempfile.TemporaryDirectory(prefix="ops-") as path:
        Path(path).chmod(0o755)
        yield Path(path)
