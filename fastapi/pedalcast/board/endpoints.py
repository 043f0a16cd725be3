"""`/api/v1/board/…`: posts and comments."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pedalcast.accounts.dependencies import AdminDep, OptionalCallerDep
from pedalcast.accounts.schemas import Success
from pedalcast.board.dependencies import AuthorDep, BoardDep, RowId
from pedalcast.board.repository import PostFilter
from pedalcast.board.schemas import (
    CategoriesOut,
    CategoryCount,
    CommentIn,
    CommentOut,
    CommentsOut,
    CommentView,
    ComplaintDecisionIn,
    ComplaintIn,
    ComplaintsOut,
    ComplaintView,
    PostChangeIn,
    PostIn,
    PostItem,
    PostOut,
    PostSearch,
    PostsOut,
    PostView,
)
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/board", tags=["board"])


@router.get("/posts", summary="Posts, pinned ones first, then the newest", responses=responses(401, 422))
async def list_posts(
    request: Request,
    response: Response,
    board: BoardDep,
    caller: OptionalCallerDep,
    search: Annotated[PostSearch, Query()],
) -> PostsOut:
    """`next` (and a `Link` header) leads to the following page."""
    chosen = PostFilter(search.category, search.q)
    rows = await board.page(chosen, search.limit + 1, decode_cursor(search.cursor))
    shown = sum(row.post.pinned_at is not None for row in rows) + search.limit
    cursor = encode_cursor(rows[shown - 1].post.id) if len(rows) > shown else None
    _link(request, response, cursor)
    return PostsOut(data=[PostItem.of(row, caller) for row in rows[:shown]], next=cursor)


@router.post("/posts", status_code=201, summary="Write a post", responses=responses(401, 403, 422))
async def write_post(board: BoardDep, caller: AuthorDep, body: PostIn) -> PostOut:
    """`content` is Markdown."""
    return PostOut(data=PostView.of(await board.write(caller, body), caller))


@router.get("/categories", summary="Categories and their numbers of posts")
async def list_categories(board: BoardDep) -> CategoriesOut:
    """The fullest first."""
    return CategoriesOut(data=[CategoryCount(category=name, posts=posts) for name, posts in await board.categories()])


@router.get("/posts/{post_id}", summary="A post", responses=responses(401, 404))
async def read_post(board: BoardDep, caller: OptionalCallerDep, post_id: RowId) -> PostOut:
    """`html` is safe to put into a page."""
    return PostOut(data=PostView.of(await board.post(post_id), caller))


@router.patch("/posts/{post_id}", summary="Change or pin a post", responses=responses(401, 403, 404, 409, 422))
async def change_post(board: BoardDep, caller: AuthorDep, post_id: RowId, body: PostChangeIn) -> PostOut:
    """Its author and admins; only admins pin."""
    return PostOut(data=PostView.of(await board.change(caller, post_id, body), caller))


@router.delete("/posts/{post_id}", summary="Delete a post", responses=responses(401, 403, 404))
async def delete_post(board: BoardDep, caller: AuthorDep, post_id: RowId) -> Success:
    """Its author and admins. An admin can put it back."""
    await board.delete(caller, post_id)
    return Success(message="The post is deleted.")


@router.post("/posts/{post_id}/restore", summary="Put a deleted post back", responses=responses(401, 403, 404))
async def restore_post(board: BoardDep, admin: AdminDep, post_id: RowId) -> PostOut:
    """For admins."""
    return PostOut(data=PostView.of(await board.restore(admin, post_id), admin))


@router.post("/posts/{post_id}/report", status_code=202, summary="Complain about a post",
             responses=responses(401, 403, 404, 422))  # fmt: skip
async def complain_of_post(board: BoardDep, caller: AuthorDep, post_id: RowId, body: ComplaintIn) -> Success:
    """An admin looks at it."""
    await board.complain(caller, post_id, None, body.reason)
    return Success(message="Thank you; an admin will look at it.")


@router.get("/posts/{post_id}/comments", summary="Comments, the oldest first", responses=responses(401, 404, 422))
async def list_comments(  # noqa: PLR0917 (FastAPI calls it by name)
    request: Request,
    response: Response,
    board: BoardDep,
    caller: OptionalCallerDep,
    post_id: RowId,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CommentsOut:
    """`next` (and a `Link` header) leads to the following page."""
    rows = await board.comments(post_id, limit + 1, decode_cursor(cursor))
    following = encode_cursor(rows[limit - 1].comment.id) if len(rows) > limit else None
    _link(request, response, following)
    # Markdown takes its time: other requests go on meanwhile
    shown = await asyncio.to_thread(lambda: [CommentView.of(row, caller) for row in rows[:limit]])
    return CommentsOut(data=shown, next=following)


@router.post("/posts/{post_id}/comments", status_code=201, summary="Write a comment",
             responses=responses(401, 403, 404, 422))  # fmt: skip
async def write_comment(board: BoardDep, caller: AuthorDep, post_id: RowId, body: CommentIn) -> CommentOut:
    """`content` is Markdown."""
    return CommentOut(data=CommentView.of(await board.comment(caller, post_id, body.content), caller))


@router.patch("/posts/{post_id}/comments/{comment_id}", summary="Change a comment",
              responses=responses(401, 403, 404, 422))  # fmt: skip
async def change_comment(
    board: BoardDep, caller: AuthorDep, post_id: RowId, comment_id: RowId, body: CommentIn
) -> CommentOut:
    """Its author and admins."""
    changed = await board.change_comment(caller, post_id, comment_id, body.content)
    return CommentOut(data=CommentView.of(changed, caller))


@router.delete("/posts/{post_id}/comments/{comment_id}", summary="Delete a comment",
               responses=responses(401, 403, 404))  # fmt: skip
async def delete_comment(board: BoardDep, caller: AuthorDep, post_id: RowId, comment_id: RowId) -> Success:
    """Its author and admins."""
    await board.delete_comment(caller, post_id, comment_id)
    return Success(message="The comment is deleted.")


@router.post("/posts/{post_id}/comments/{comment_id}/report", status_code=202, summary="Complain about a comment",
             responses=responses(401, 403, 404, 422))  # fmt: skip
async def complain_of_comment(
    board: BoardDep, caller: AuthorDep, post_id: RowId, comment_id: RowId, body: ComplaintIn
) -> Success:
    """An admin looks at it."""
    await board.complain(caller, post_id, comment_id, body.reason)
    return Success(message="Thank you; an admin will look at it.")


@router.get("/complaints", summary="Complaints that wait for an admin", responses=responses(401, 403))
async def list_complaints(
    board: BoardDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ComplaintsOut:
    """The oldest first."""
    return ComplaintsOut(data=[ComplaintView.of(row) for row in await board.complaints(limit)])


@router.post("/complaints/{complaint_id}", summary="Settle a complaint", responses=responses(401, 403, 404, 422))
async def settle_complaint(board: BoardDep, admin: AdminDep, complaint_id: RowId, body: ComplaintDecisionIn) -> Success:
    """Delete what it is about, or let it stand."""
    await board.settle(admin, complaint_id, delete=body.decision == "delete")
    return Success(message="The complaint is settled.")


def _link(request: Request, response: Response, cursor: str | None) -> None:
    """Name the following page, if there is one."""
    if cursor is not None:
        following = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
