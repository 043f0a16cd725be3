"""Errors of kept chats."""

from __future__ import annotations

from pedalcast.kit.errors import ConflictError, NotFoundError


class SessionNotFoundError(NotFoundError):
    """No such session, or another's: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such chat.", "session_not_found")


class MessageNotFoundError(NotFoundError):
    """No such message, or another's: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such message.", "message_not_found")


class BookmarkNotFoundError(NotFoundError):
    """No such bookmark, or another's: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such bookmark.", "bookmark_not_found")


class OtherBotError(ConflictError):
    """The chat is one with another bot."""

    def __init__(self) -> None:
        super().__init__("A chat stays with the bot it was begun with.", "other_bot")


class AnswerPendingError(ConflictError):
    """The answer before is still being written."""

    def __init__(self) -> None:
        super().__init__("The answer before is still being written.", "answer_pending")
