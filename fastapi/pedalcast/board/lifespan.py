"""Builds the board."""

from __future__ import annotations

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.board.board_data import BoardData
from pedalcast.board.service import BoardService


def build(accounts: Accounts) -> BoardService:
    """The service; what it keeps of a person is exported and deleted with the account."""
    accounts.ownership.add(BoardData())
    return BoardService(accounts.database, now)
