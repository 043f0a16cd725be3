"""Errors of bots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pedalcast.kit.errors import ConflictError, ForbiddenError, NotFoundError, PedalcastError
from pedalcast.rag.flow.graph_check import GraphFault


class BotNotFoundError(NotFoundError):
    """No such bot, or one that the caller may not see: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such bot.", "bot_not_found")


class BotReadOnlyError(ForbiddenError):
    """The caller may ask the bot, and not change it."""

    def __init__(self) -> None:
        super().__init__("Only its owner and the editors of its team may change this bot.", "bot_read_only")


class NotBotOwnerError(ForbiddenError):
    """The caller may change the bot, but neither share nor delete it."""

    def __init__(self) -> None:
        super().__init__("Only its owner may share or delete this bot.", "not_bot_owner")


class BuiltInBotError(ForbiddenError):
    """The guide is the service's own."""

    def __init__(self) -> None:
        super().__init__("The built-in guide cannot be changed.", "built_in_bot")


class BotVersionNotFoundError(NotFoundError):
    """The bot never had this version."""

    def __init__(self) -> None:
        super().__init__("This bot has no such version.", "bot_version_not_found")


class TeamNeededError(PedalcastError):
    """A bot for a team names none."""

    def __init__(self) -> None:
        super().__init__(422, "team_needed", "A bot that is shared with a team needs a team_id.")


class TooManyBotsError(ConflictError):
    """No more bots; `limit` are there."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Nobody has more than {limit} bots.", "too_many_bots")


class WorkflowRefusedError(PedalcastError):
    """A graph that cannot run; `errors` names the node and the field of each fault."""

    def __init__(self, faults: Sequence[GraphFault]) -> None:
        message = " ".join(fault.message for fault in faults[:5])
        super().__init__(422, "workflow_refused", message, errors=[asdict(fault) for fault in faults])
