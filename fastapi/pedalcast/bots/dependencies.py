"""What endpoints ask for: the services of bots, and callers who may see or change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from pedalcast.accounts.dependencies import CallerDep, OptionalCallerDep
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.service import BotService
from pedalcast.bots.versions.service import BotVersionService
from pedalcast.bots.workflows.service import WorkflowService
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.errors import ForbiddenError

BotId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\w-]+$")]


@dataclass(frozen=True, slots=True)
class Bots:
    """The services of bots."""

    service: BotService
    versions: BotVersionService
    workflows: WorkflowService


async def optional_bot_reader(caller: OptionalCallerDep) -> Caller | None:
    """Anybody; a program with the scope `documents` (an admin's with `admin` too)."""
    if caller is not None and not caller.is_admin:
        caller.require_scope("documents")
    return caller


async def require_bot_maker(caller: CallerDep) -> Caller:
    """A member, or a program with the scope `documents` (an admin's with `admin` too). 403 for guests."""
    if caller.is_guest:
        raise ForbiddenError("This needs an account.", "account_needed")
    if not caller.is_admin:
        caller.require_scope("documents")
    return caller


BotsDep = Annotated[Bots, Depends(state_of("bots", Bots))]
BotReaderDep = Annotated[Caller | None, Depends(optional_bot_reader)]
BotMakerDep = Annotated[Caller, Depends(require_bot_maker)]
