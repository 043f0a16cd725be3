"""The board in the database. Soft-deleted posts and comments are in no list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from pedalcast.accounts.models import User
from pedalcast.board.models import BoardComment, BoardComplaint, BoardPost
from pedalcast.database.repository import BaseRepository


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts: of a category, with these words in title or text."""

    category: str | None = None
    words: str | None = None


class ListedPost(NamedTuple):
    """A post with its author's public name, None without one, and its number of comments."""

    post: BoardPost
    author: str | None
    comment_count: int


class ListedComment(NamedTuple):
    """A comment with its author's public name."""

    comment: BoardComment
    author: str | None


class BoardPostRepository(BaseRepository[BoardPost]):
    """Posts."""

    model = BoardPost

    async def visible(self, post_id: int) -> BoardPost | None:
        """The post, None where it is not there or was deleted."""
        return await self.first(select(BoardPost).where(BoardPost.id == post_id, BoardPost.deleted_at.is_(None)))

    async def listed(self, post_id: int) -> ListedPost | None:
        """The post with author and number of comments."""
        row = (await self.session.execute(_listing().where(BoardPost.id == post_id))).first()
        return None if row is None else ListedPost(*row)

    async def pinned(self, chosen: PostFilter) -> list[ListedPost]:
        """Pinned posts, the last pinned first."""
        query = _listing(chosen).where(BoardPost.pinned_at.is_not(None)).order_by(BoardPost.pinned_at.desc())
        return [ListedPost(*row) for row in await self.session.execute(query)]

    async def page(self, chosen: PostFilter, limit: int, before: int | None) -> list[ListedPost]:
        """Posts that are not pinned, the newest first; with `before`, those older than that one."""
        query = _listing(chosen).where(BoardPost.pinned_at.is_(None)).order_by(BoardPost.id.desc()).limit(limit)
        rows = await self.session.execute(query if before is None else query.where(BoardPost.id < before))
        return [ListedPost(*row) for row in rows]

    async def categories(self) -> list[tuple[str, int]]:
        """Categories with their numbers of posts, the fullest first."""
        query = select(BoardPost.category, func.count()).where(BoardPost.deleted_at.is_(None))
        rows = await self.session.execute(query.group_by(BoardPost.category))
        return sorted(((row[0], row[1]) for row in rows), key=lambda pair: (-pair[1], pair[0]))

    async def count_pinned(self) -> int:
        """How many are pinned."""
        return await self.count(
            select(BoardPost.id).where(BoardPost.pinned_at.is_not(None), BoardPost.deleted_at.is_(None))
        )


class BoardCommentRepository(BaseRepository[BoardComment]):
    """Comments of posts."""

    model = BoardComment

    async def visible(self, post_id: int, comment_id: int) -> BoardComment | None:
        """The comment below this post, None where it is not there or was deleted."""
        return await self.first(
            select(BoardComment).where(
                BoardComment.id == comment_id, BoardComment.post_id == post_id, BoardComment.deleted_at.is_(None)
            )
        )

    async def page(self, post_id: int, limit: int, after: int | None) -> list[ListedComment]:
        """Comments, the oldest first; with `after`, those newer than that one."""
        query = (
            select(BoardComment, User.username)
            .outerjoin(User, User.id == BoardComment.user_id)
            .where(BoardComment.post_id == post_id, BoardComment.deleted_at.is_(None))
            .order_by(BoardComment.id)
            .limit(limit)
        )
        rows = await self.session.execute(query if after is None else query.where(BoardComment.id > after))
        return [ListedComment(*row) for row in rows]

    async def author(self, user_id: str) -> str | None:
        """The public name of somebody, None without one."""
        name: str | None = await self.session.scalar(select(User.username).where(User.id == user_id))
        return name


class BoardComplaintRepository(BaseRepository[BoardComplaint]):
    """Complaints."""

    model = BoardComplaint

    async def open_one(self, user_id: str, post_id: int, comment_id: int | None) -> BoardComplaint | None:
        """Somebody's complaint about this that is not settled yet."""
        same_comment = (
            BoardComplaint.comment_id.is_(None) if comment_id is None else BoardComplaint.comment_id == comment_id
        )
        return await self.first(
            select(BoardComplaint).where(
                BoardComplaint.user_id == user_id,
                BoardComplaint.post_id == post_id,
                BoardComplaint.settled_at.is_(None),
                same_comment,
            )
        )

    async def open_ones(self, limit: int) -> Sequence[BoardComplaint]:
        """Complaints that wait for an admin, the oldest first."""
        query = select(BoardComplaint).where(BoardComplaint.settled_at.is_(None))
        return await self.all(query.order_by(BoardComplaint.id).limit(limit))


def _listing(chosen: PostFilter | None = None) -> Select[Any]:
    """Posts that are not deleted, with author and number of comments."""
    comments = (
        select(func.count())
        .where(BoardComment.post_id == BoardPost.id, BoardComment.deleted_at.is_(None))
        .correlate(BoardPost)
        .scalar_subquery()
    )
    query = (
        select(BoardPost, User.username, comments)
        .outerjoin(User, User.id == BoardPost.user_id)
        .where(BoardPost.deleted_at.is_(None))
    )
    if chosen is not None and chosen.category is not None:
        query = query.where(BoardPost.category == chosen.category)
    if chosen is not None and chosen.words:
        for word in chosen.words.split():
            query = query.where(
                or_(
                    BoardPost.title.icontains(word, autoescape=True), BoardPost.content.icontains(word, autoescape=True)
                )
            )
    return query
