"""What made a model."""

from __future__ import annotations

import numpy as np
import pytest

from forecaster.registry.provenance import git_commit, libraries


def test_libraries_by_version() -> None:
    assert libraries()["numpy"] == np.__version__
    assert "python" in libraries()


def test_the_commit_that_an_image_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMIT", "abc")
    assert git_commit() == "abc"


def test_no_git_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_COMMIT", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert git_commit() is None
