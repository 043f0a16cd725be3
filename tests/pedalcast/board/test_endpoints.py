"""Posts and comments over a socket: who may read, write, change and delete what."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import httpx
import orjson
import pytest

from tests.pedalcast.people_service import PASSWORD, PeopleService, bearer

ADMIN = "a-token-of-the-tests"
POSTS = "/api/v1/board/posts"


def write(service: PeopleService, token: str, title: str = "Ramp", **fields: str) -> int:
    """The id of a new post."""
    response = service.post(POSTS, {"title": title, "content": "It is **steep**.", **fields}, token)
    assert response.status_code == 201, response.text
    return int(response.json()["data"]["id"])


def patch(service: PeopleService, path: str, body: object, token: str) -> httpx.Response:
    return service.client.patch(path, json=body, headers=bearer(token))


def delete(service: PeopleService, path: str, token: str) -> httpx.Response:
    return service.client.delete(path, headers=bearer(token))


def test_a_post_and_its_comments_on_each_database(service_on_each: PeopleService) -> None:
    service = service_on_each
    token, other = service.member("rider"), service.member("other")
    post_id = write(service, token, "오르막", category="Routes")
    path = f"{POSTS}/{post_id}"
    post = service.get(f"{path}/", other).json()["data"]
    assert post["html"] == "<p>It is <strong>steep</strong>.</p>\n"
    assert (post["author"], post["mine"], post["category"], post["edited_at"]) == ("rider", False, "routes", None)
    assert service.post(f"{path}/comments", {"content": "*Thanks*"}, other).status_code == 201
    second = service.post(f"{path}/comments", {"content": "No"}, token).json()["data"]
    assert second["author"] == "rider"
    changed = patch(service, f"{path}/comments/{second['id']}", {"content": "Yes"}, token).json()["data"]
    assert changed["edited_at"] is not None
    comments = service.get(f"{path}/comments").json()
    assert [row["content"] for row in comments["data"]] == ["*Thanks*", "Yes"]
    assert delete(service, f"{path}/comments/{second['id']}", token).status_code == 200
    assert service.get(POSTS).json()["data"][0]["comment_count"] == 1
    edited = patch(service, path, {"title": "Ramp", "content": "Flat."}, token).json()["data"]
    assert (edited["title"], edited["mine"], edited["comment_count"]) == ("Ramp", True, 1)
    assert delete(service, path, token).status_code == 200
    for gone in (path, f"{path}/comments"):
        assert service.get(gone).status_code == 404
    assert service.get(POSTS).json()["data"] == []
    assert service.post(f"{path}/restore", token=ADMIN).json()["data"]["title"] == "Ramp"


def test_lists_by_cursor_search_and_category_on_each_database(service_on_each: PeopleService) -> None:
    service, token = service_on_each, service_on_each.member()
    ids = [write(service, token, f"Post {number}", category="ab"[number % 2]) for number in range(7)]
    write(service, token, "Cafés 100%_sure", category="c")
    assert patch(service, f"{POSTS}/{ids[0]}", {"pinned": True}, ADMIN).status_code == 200
    seen: list[int] = []
    path: str | None = f"{POSTS}?limit=3&q=post"
    pages = 0
    while path is not None:
        response = service.get(path)
        seen += [row["id"] for row in response.json()["data"]]
        pages += 1
        link = response.links.get("next")
        assert (link is None) == (response.json()["next"] is None)
        path = link["url"] if link else None
    assert seen == [ids[0], *reversed(ids[1:])]
    assert pages == 2
    assert [row["id"] for row in service.get(f"{POSTS}?category=A").json()["data"]] == [ids[0], ids[6], ids[4], ids[2]]
    assert len(service.get(f"{POSTS}?q=CAFÉS").json()["data"]) == 1
    assert len(service.get(f"{POSTS}?q=0%25_s").json()["data"]) == 1
    assert service.get(f"{POSTS}?q=%25x").json()["data"] == []
    assert len(service.get(f"{POSTS}?q=steep 3").json()["data"]) == 1
    categories = service.get("/api/v1/board/categories").json()["data"]
    assert categories == [{"category": "a", "posts": 4}, {"category": "b", "posts": 3}, {"category": "c", "posts": 1}]
    assert service.get(f"{POSTS}?cursor=nonsense").json()["error"] == "invalid_cursor"


def test_comments_have_pages(service: PeopleService) -> None:
    token = service.member()
    path = f"{POSTS}/{write(service, token)}/comments"
    for number in range(5):
        service.post(path, {"content": str(number)}, token)
    first = service.get(f"{path}?limit=3").json()
    rest = service.get(f"{path}?limit=3&cursor={first['next']}").json()
    assert [row["content"] for row in first["data"] + rest["data"]] == list("01234")
    assert rest["next"] is None


def test_only_authors_and_admins_change(service: PeopleService) -> None:
    token, other = service.member("rider"), service.member("other")
    _, guest = service.guest()
    path = f"{POSTS}/{write(service, token)}"
    comment = service.post(f"{path}/comments", {"content": "x"}, token).json()["data"]["id"]
    body: dict[str, Any] = {"title": "Mine", "content": "now"}
    for theirs in (path, f"{path}/comments/{comment}"):
        assert patch(service, theirs, body, other).json()["error"] == "not_author"
        assert delete(service, theirs, other).json()["error"] == "not_author"
        assert patch(service, theirs, body, guest).json()["error"] == "account_needed"
        assert service.client.patch(theirs, json=body).status_code == 401
        assert patch(service, theirs, body, ADMIN).status_code == 200
    assert service.post(POSTS, body, guest).json()["error"] == "account_needed"
    assert service.post(POSTS, body).status_code == 401
    assert patch(service, path, {"pinned": True}, token).json()["error"] == "admin_needed"
    assert service.post(f"{path}/restore", token=token).json()["error"] == "admin_needed"
    assert delete(service, path, ADMIN).status_code == 200
    noted = service.get("/api/v1/admin/audit", ADMIN).json()["data"][0]
    assert (noted["actor_id"], noted["action"], noted["target"]) == ("operator", "post.delete", path.rpartition("/")[2])


def test_a_program_needs_the_scope(service: PeopleService) -> None:
    token = service.member()
    made = {
        scope: service.post("/api/v1/auth/tokens", {"name": "x", "scopes": [scope]}, token).json()["token"]
        for scope in ("board", "chat")
    }
    body = {"title": "x", "content": "y"}
    assert service.post(POSTS, body, made["board"]).status_code == 201
    assert service.post(POSTS, body, made["chat"]).json()["error"] == "scope_missing"


def test_no_more_than_ten_are_pinned(service: PeopleService) -> None:
    token = service.member()
    ids = [write(service, token) for _ in range(11)]
    codes = [patch(service, f"{POSTS}/{post_id}", {"pinned": True}, ADMIN).status_code for post_id in ids]
    assert codes == [200] * 10 + [409]
    assert patch(service, f"{POSTS}/{ids[0]}", {"pinned": False}, ADMIN).json()["data"]["pinned"] is False
    assert patch(service, f"{POSTS}/{ids[10]}", {"pinned": True}, ADMIN).status_code == 200


def test_complaints_reach_an_admin_once_a_reader(service_on_each: PeopleService) -> None:
    service = service_on_each
    token, other = service.member("rider"), service.member("other")
    path = f"{POSTS}/{write(service, token)}"
    comment = service.post(f"{path}/comments", {"content": "x"}, token).json()["data"]["id"]
    for _ in range(2):
        assert service.post(f"{path}/report", {"reason": "advertising"}, other).status_code == 202
        assert service.post(f"{path}/comments/{comment}/report", {"reason": "rude"}, other).status_code == 202
    assert service.get("/api/v1/board/complaints", other).json()["error"] == "admin_needed"
    complaints = service.get("/api/v1/board/complaints", ADMIN).json()["data"]
    assert [row["reason"] for row in complaints] == ["advertising", "rude"]
    about_post, about_comment = (f"/api/v1/board/complaints/{row['id']}" for row in complaints)
    assert service.post(about_post, {"decision": "keep"}, other).status_code == 403
    assert service.post(about_post, {"decision": "keep"}, ADMIN).status_code == 200
    assert service.post(about_comment, {"decision": "delete"}, ADMIN).status_code == 200
    assert service.post(about_comment, {"decision": "delete"}, ADMIN).status_code == 404
    assert service.get(path).status_code == 200
    assert service.get(f"{path}/comments").json()["data"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"title": "", "content": "x"},
        {"title": "x", "content": " "},
        {"title": "x", "content": "y" * 10_001},
        {"title": "x", "content": "y", "category": "no spaces allowed"},
        {"title": "x" * 201, "content": "y"},
    ],
)
def test_bad_posts_are_refused(service: PeopleService, body: dict[str, str]) -> None:
    assert service.post(POSTS, body, service.member()).status_code == 422


def test_posts_are_exported_and_go_with_their_account(service: PeopleService) -> None:
    token, other = service.member("rider"), service.member("other")
    mine, theirs = write(service, token), write(service, other)
    service.post(f"{POSTS}/{theirs}/comments", {"content": "mine"}, token)
    archive = zipfile.ZipFile(io.BytesIO(service.get("/api/v1/auth/export", token).content))
    assert [row["id"] for row in orjson.loads(archive.read("board_posts.json"))] == [mine]
    assert [row["content"] for row in orjson.loads(archive.read("board_comments.json"))] == ["mine"]
    assert service.post("/api/v1/auth/delete", {"password": PASSWORD}, token).status_code == 202
    asyncio.run(_finish(service))
    assert service.get(f"{POSTS}/{mine}").status_code == 404
    assert service.get(f"{POSTS}/{theirs}/comments").json()["data"] == []


async def _finish(service: PeopleService) -> None:
    """Deletions go on after the answer: wait for the last."""
    for _ in range(200):
        if service.get(POSTS).json()["data"][-1]["author"] == "other":
            return
        await asyncio.sleep(0.05)
