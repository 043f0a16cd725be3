"""What endpoints ask for: the service of the board, and a caller who may write."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from pedalcast.accounts.dependencies import CallerDep
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.board.service import BoardService
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.errors import ForbiddenError

RowId = Annotated[int, Path(ge=1, le=2**53)]


async def require_author(caller: CallerDep) -> Caller:
    """A member, or a program with the scope `board`; an admin's with the scope `admin` too. 403 for guests."""
    if caller.is_guest:
        raise ForbiddenError("This needs an account.", "account_needed")
    if not caller.is_admin:
        caller.require_scope("board")
    return caller


BoardDep = Annotated[BoardService, Depends(state_of("board", BoardService))]
AuthorDep = Annotated[Caller, Depends(require_author)]
