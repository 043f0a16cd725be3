"""Clients that were written to one contract each, as programs of their own, against a running service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("client", ["kept_chat_client", "guest_client", "rag_client"])
def test_a_client_written_to_the_contract_is_served(chat: httpx.Client, client: str) -> None:
    command = [sys.executable, "-m", f"tests.contract_clients.{client}", str(chat.base_url)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "the contract holds"), ended.stdout + ended.stderr
