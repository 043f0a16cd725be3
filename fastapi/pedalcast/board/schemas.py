"""What the endpoints of the board take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from pedalcast.accounts.sessions.caller import Caller
from pedalcast.board.models import BoardComplaint
from pedalcast.board.repository import ListedComment, ListedPost
from pedalcast.board.safe_markdown import render_markdown

MAX_CONTENT = 10_000  # characters
MAX_COMMENT = 2_000
EXCERPT = 200
GENERAL = "general"

PostTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Markdown = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CONTENT)]
Category = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[\w-]{1,32}$")]
ComplaintReason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class PostIn(BaseModel):
    """A new post; `content` is Markdown."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"title": "Ramp at Seoul Forest", "content": "It is **steep**.", "category": "routes"}
        }
    )

    title: PostTitle
    content: Markdown
    category: Category = GENERAL


class PostChangeIn(BaseModel):
    """What to change of a post; `pinned` is for admins."""

    model_config = ConfigDict(json_schema_extra={"example": {"content": "It is *not so* steep."}})

    title: PostTitle | None = None
    content: Markdown | None = None
    category: Category | None = None
    pinned: bool | None = None


class CommentIn(BaseModel):
    """A comment; `content` is Markdown."""

    model_config = ConfigDict(json_schema_extra={"example": {"content": "Thank you!"}})

    content: Annotated[Markdown, Field(max_length=MAX_COMMENT)]


class ComplaintIn(BaseModel):
    """Why a post or a comment should not be there."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "advertising"}})

    reason: ComplaintReason


class PostItem(BaseModel):
    """A post in the list. `author` is null for one without a name; `mine` is the caller's own."""

    id: int
    title: str
    excerpt: str
    category: str
    author: str | None
    mine: bool
    pinned: bool
    comment_count: int
    created_at: datetime
    edited_at: datetime | None

    @classmethod
    def of(cls, listed: ListedPost, caller: Caller | None) -> Self:
        """From the rows."""
        return cls.model_validate(_item(listed, caller))


class PostView(PostItem):
    """A post whole: `content` as written, `html` safe to show."""

    content: str
    html: str

    @classmethod
    def of(cls, listed: ListedPost, caller: Caller | None) -> Self:
        """From the rows."""
        content = listed.post.content
        return cls.model_validate(_item(listed, caller) | {"content": content, "html": render_markdown(content)})


class PostOut(BaseModel):
    """One post."""

    success: Literal[True] = True
    data: PostView


class PostsOut(BaseModel):
    """A page of posts; `next` is the cursor of the following one, null at the end."""

    success: Literal[True] = True
    data: list[PostItem]
    next: str | None


class CommentView(BaseModel):
    """A comment."""

    id: int
    content: str
    html: str
    author: str | None
    mine: bool
    created_at: datetime
    edited_at: datetime | None

    @classmethod
    def of(cls, listed: ListedComment, caller: Caller | None) -> Self:
        """From the rows."""
        row = listed.comment
        return cls(
            id=row.id,
            content=row.content,
            html=render_markdown(row.content),
            author=listed.author,
            mine=caller is not None and caller.user_id == row.user_id,
            created_at=row.created_at,
            edited_at=row.edited_at,
        )


class CommentOut(BaseModel):
    """One comment."""

    success: Literal[True] = True
    data: CommentView


class CommentsOut(BaseModel):
    """A page of comments, the oldest first; `next` as in the list of posts."""

    success: Literal[True] = True
    data: list[CommentView]
    next: str | None


class CategoryCount(BaseModel):
    """A category and its number of posts."""

    category: str
    posts: int


class CategoriesOut(BaseModel):
    """Categories, the fullest first."""

    success: Literal[True] = True
    data: list[CategoryCount]


class ComplaintView(BaseModel):
    """A complaint that waits for an admin."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    post_id: int
    comment_id: int | None
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, row: BoardComplaint) -> Self:
        """From the row."""
        return cls.model_validate(row)


class ComplaintsOut(BaseModel):
    """Complaints, the oldest first."""

    success: Literal[True] = True
    data: list[ComplaintView]


class ComplaintDecisionIn(BaseModel):
    """What becomes of it: `delete` removes what was complained about, `keep` lets it stand."""

    model_config = ConfigDict(json_schema_extra={"example": {"decision": "delete"}})

    decision: Literal["delete", "keep"]


class PostSearch(BaseModel):
    """The query of the list of posts."""

    q: Annotated[str | None, Field(max_length=200, description="words that title or text must have")] = None
    category: Annotated[Category | None, Field(description="only this one")] = None
    cursor: Annotated[str | None, Field(max_length=64, description="`next` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=100, description="posts on a page, beside those pinned")] = 20

    @model_validator(mode="after")
    def _no_more_words(self) -> Self:
        if self.q is not None and len(self.q.split()) > 8:
            raise ValueError("at most eight words")
        return self


def _item(listed: ListedPost, caller: Caller | None) -> dict[str, object]:
    row = listed.post
    return {
        "id": row.id,
        "title": row.title,
        "excerpt": row.content[:EXCERPT],
        "category": row.category,
        "author": listed.author,
        "mine": caller is not None and caller.user_id == row.user_id,
        "pinned": row.pinned_at is not None,
        "comment_count": listed.comment_count,
        "created_at": row.created_at,
        "edited_at": row.edited_at,
    }
