"""Errors of the board."""

from __future__ import annotations

from pedalcast.kit.errors import ConflictError, ForbiddenError, NotFoundError


class PostNotFoundError(NotFoundError):
    """No such post, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("There is no such post.", "post_not_found")


class CommentNotFoundError(NotFoundError):
    """No such comment below this post, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("There is no such comment.", "comment_not_found")


class NotAuthorError(ForbiddenError):
    """Somebody else wrote it."""

    def __init__(self) -> None:
        super().__init__("Only its author or an admin may do this.", "not_author")


class TooManyPinnedError(ConflictError):
    """No more posts can be pinned; `limit` are."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} posts are pinned already.", "too_many_pinned")
