"""The committed description is the code's, and keeps what the last version promised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pedalcast.contract.document import DOCUMENT, PROMISED, contract_problems, document_text, promised_text

ROOT = Path(__file__).resolve().parents[3]


def test_the_committed_document_is_current_and_breaks_nothing(document: dict[str, Any]) -> None:
    assert contract_problems(document, ROOT) == []


@pytest.fixture
def checkout(tmp_path: Path, document: dict[str, Any]) -> Path:
    """A checkout whose two files fit the code."""
    (tmp_path / "docs").mkdir()
    (tmp_path / DOCUMENT).write_text(document_text(document), encoding="utf-8")
    (tmp_path / PROMISED).write_text(promised_text(document), encoding="utf-8")
    return tmp_path


def test_an_old_document_is_told(checkout: Path, document: dict[str, Any]) -> None:
    document["info"]["version"] = "99"
    assert contract_problems(document, checkout) == [
        "docs/openapi.json is not current: python -m pedalcast openapi > docs/openapi.json"
    ]


def test_a_broken_promise_is_told(checkout: Path, document: dict[str, Any]) -> None:
    del document["paths"]["/api/v1/teams"]["get"]
    (checkout / DOCUMENT).write_text(document_text(document), encoding="utf-8")
    assert contract_problems(document, checkout) == ["GET /api/v1/teams: is gone"]
