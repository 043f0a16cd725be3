"""Decides who may write, change and delete what on the board."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.board.errors import CommentNotFoundError, NotAuthorError, PostNotFoundError, TooManyPinnedError
from pedalcast.board.models import BoardComment, BoardComplaint, BoardPost
from pedalcast.board.repository import (
    BoardCommentRepository,
    BoardComplaintRepository,
    BoardPostRepository,
    ListedComment,
    ListedPost,
    PostFilter,
)
from pedalcast.board.schemas import PostChangeIn, PostIn
from pedalcast.database.engine import Database
from pedalcast.kit.errors import ForbiddenError, NotFoundError

MAX_PINNED = 10
log = structlog.get_logger(__name__)


class BoardService:
    """Everybody reads; members write; authors change their own, admins all. A deleted post is not there any more."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def page(self, chosen: PostFilter, limit: int, before: int | None) -> list[ListedPost]:
        """Pinned posts on the first page, then the newest `limit` others."""
        async with self._database.reading() as session:
            posts = BoardPostRepository(session)
            pinned = await posts.pinned(chosen) if before is None else []
            return pinned + await posts.page(chosen, limit, before)

    async def categories(self) -> list[tuple[str, int]]:
        """Categories with their numbers of posts."""
        async with self._database.reading() as session:
            return await BoardPostRepository(session).categories()

    async def post(self, post_id: int) -> ListedPost:
        """A post. Raises `PostNotFoundError`."""
        async with self._database.reading() as session:
            return await _listed(session, post_id)

    async def write(self, caller: Caller, body: PostIn) -> ListedPost:
        """A new post."""
        row = BoardPost(user_id=caller.user_id, created_at=self._now(), **body.model_dump())
        async with self._database.transaction() as session:
            await BoardPostRepository(session).add(row)
            listed = await _listed(session, row.id)
        log.info("post created", post_id=row.id, user_id=caller.user_id)
        return listed

    async def change(self, caller: Caller, post_id: int, body: PostChangeIn) -> ListedPost:
        """Change what is given. Raises `PostNotFoundError`, `NotAuthorError`, `TooManyPinnedError`."""
        async with self._database.transaction() as session:
            row = await _present(session, post_id)
            _require_author(caller, row.user_id)
            if body.pinned is not None:
                await self._pin(session, caller, row, pinned=body.pinned)
            changes = body.model_dump(exclude_none=True, exclude={"pinned"})
            for name, value in changes.items():
                setattr(row, name, value)
            if changes:
                row.edited_at = self._now()
            await session.flush()
            return await _listed(session, post_id)

    async def _pin(self, session: AsyncSession, caller: Caller, row: BoardPost, *, pinned: bool) -> None:
        if not caller.is_admin:
            raise ForbiddenError("Only an admin pins posts.", "admin_needed")
        if pinned and row.pinned_at is None and await BoardPostRepository(session).count_pinned() >= MAX_PINNED:
            raise TooManyPinnedError(MAX_PINNED)
        row.pinned_at = (row.pinned_at or self._now()) if pinned else None

    async def delete(self, caller: Caller, post_id: int) -> None:
        """Take a post off the board. Raises `PostNotFoundError`, `NotAuthorError`."""
        async with self._database.transaction() as session:
            await self._delete(session, caller, await _present(session, post_id), "post.delete", str(post_id))

    async def restore(self, admin: Caller, post_id: int) -> ListedPost:
        """Put a deleted post back. Raises `PostNotFoundError`."""
        async with self._database.transaction() as session:
            row = await BoardPostRepository(session).get(post_id)
            if row is None:
                raise PostNotFoundError
            row.deleted_at = row.deleted_by = None
            await AuditRepository(session).record(admin.user_id, "post.restore", str(post_id))
            await session.flush()
            return await _listed(session, post_id)

    async def comments(self, post_id: int, limit: int, after: int | None) -> list[ListedComment]:
        """Comments of a post, the oldest first. Raises `PostNotFoundError`."""
        async with self._database.reading() as session:
            await _present(session, post_id)
            return await BoardCommentRepository(session).page(post_id, limit, after)

    async def comment(self, caller: Caller, post_id: int, content: str) -> ListedComment:
        """A new comment. Raises `PostNotFoundError`."""
        row = BoardComment(post_id=post_id, user_id=caller.user_id, content=content, created_at=self._now())
        async with self._database.transaction() as session:
            await _present(session, post_id)
            comments = BoardCommentRepository(session)
            await comments.add(row)
            return ListedComment(row, await comments.author(caller.user_id))

    async def change_comment(self, caller: Caller, post_id: int, comment_id: int, content: str) -> ListedComment:
        """Write it anew. Raises `CommentNotFoundError`, `NotAuthorError`."""
        async with self._database.transaction() as session:
            row = await _present_comment(session, post_id, comment_id)
            _require_author(caller, row.user_id)
            row.content, row.edited_at = content, self._now()
            return ListedComment(row, await BoardCommentRepository(session).author(row.user_id))

    async def delete_comment(self, caller: Caller, post_id: int, comment_id: int) -> None:
        """Take a comment off the board. Raises `CommentNotFoundError`, `NotAuthorError`."""
        async with self._database.transaction() as session:
            row = await _present_comment(session, post_id, comment_id)
            await self._delete(session, caller, row, "comment.delete", str(comment_id))

    async def complain(self, caller: Caller, post_id: int, comment_id: int | None, reason: str) -> None:
        """Note a complaint, once a reader and thing. Raises `PostNotFoundError`, `CommentNotFoundError`."""
        async with self._database.transaction() as session:
            await _present(session, post_id)
            if comment_id is not None:
                await _present_comment(session, post_id, comment_id)
            complaints = BoardComplaintRepository(session)
            if await complaints.open_one(caller.user_id, post_id, comment_id) is None:
                await complaints.add(
                    BoardComplaint(
                        user_id=caller.user_id, post_id=post_id, comment_id=comment_id, reason=reason,
                        created_at=self._now(),
                    )
                )  # fmt: skip

    async def complaints(self, limit: int) -> Sequence[BoardComplaint]:
        """Those that wait for an admin, the oldest first."""
        async with self._database.reading() as session:
            return await BoardComplaintRepository(session).open_ones(limit)

    async def settle(self, admin: Caller, complaint_id: int, *, delete: bool) -> None:
        """Settle a complaint, and delete what it is about where `delete`. Raises `NotFoundError`."""
        async with self._database.transaction() as session:
            complaint = await BoardComplaintRepository(session).get(complaint_id)
            if complaint is None or complaint.settled_at is not None:
                raise NotFoundError("There is no such open complaint.", "complaint_not_found")
            complaint.settled_at = self._now()
            if not delete:
                return
            if complaint.comment_id is not None:
                comment = await BoardCommentRepository(session).visible(complaint.post_id, complaint.comment_id)
                if comment is not None:
                    await self._delete(session, admin, comment, "comment.delete", str(comment.id))
            elif (post := await BoardPostRepository(session).visible(complaint.post_id)) is not None:
                await self._delete(session, admin, post, "post.delete", str(post.id))

    async def _delete(
        self, session: AsyncSession, caller: Caller, row: BoardPost | BoardComment, action: str, target: str
    ) -> None:
        _require_author(caller, row.user_id)
        row.deleted_at, row.deleted_by = self._now(), caller.user_id
        await AuditRepository(session).record(caller.user_id, action, target)


def _require_author(caller: Caller, user_id: str) -> None:
    if caller.user_id != user_id and not caller.is_admin:
        raise NotAuthorError


async def _present(session: AsyncSession, post_id: int) -> BoardPost:
    row = await BoardPostRepository(session).visible(post_id)
    if row is None:
        raise PostNotFoundError
    return row


async def _present_comment(session: AsyncSession, post_id: int, comment_id: int) -> BoardComment:
    await _present(session, post_id)
    row = await BoardCommentRepository(session).visible(post_id, comment_id)
    if row is None:
        raise CommentNotFoundError
    return row


async def _listed(session: AsyncSession, post_id: int) -> ListedPost:
    listed = await BoardPostRepository(session).listed(post_id)
    if listed is None:
        raise PostNotFoundError
    return listed
