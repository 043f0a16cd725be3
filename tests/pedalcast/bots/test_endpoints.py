"""Bots over a socket: who sees, changes, shares and deletes them."""

from __future__ import annotations

import asyncio
import io
import unicodedata
import zipfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import insert, select

from pedalcast.database.engine import Database
from pedalcast.kit.browser_origin import browser_origin, browser_origins
from pedalcast.rag.storage.chunk_rows import row_of_chunk
from pedalcast.rag.storage.chunk_tables import chunks, indexed_documents, removed_chunks
from pedalcast.rag.text.document_splitter import split_document
from pedalcast.rag.types import Document
from tests.pedalcast.people_service import PASSWORD, PeopleService, bearer

ADMIN = "a-token-of-the-tests"
BOTS = "/api/v1/bots"


def make(service: PeopleService, token: str, name: str = "Depot rules", **fields: Any) -> dict[str, Any]:
    """A new bot."""
    response = service.post(BOTS, {"name": name, **fields}, token)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def test_makers_side_by_side_do_not_pass_the_limit(
    service_on_each: PeopleService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pedalcast.bots.service.MAX_BOTS", 3)
    token = service_on_each.member("maker")
    with ThreadPoolExecutor(8) as makers:
        made = list(makers.map(lambda n: service_on_each.post(BOTS, {"name": f"Bot {n}"}, token).status_code, range(8)))
    assert sorted(made) == [201] * 3 + [409] * 5
    assert len(names(service_on_each, token, "?mine=true")) == 3


def patch(service: PeopleService, bot_id: str, body: object, token: str) -> httpx.Response:
    return service.client.patch(f"{BOTS}/{bot_id}", json=body, headers=bearer(token))


def delete(service: PeopleService, bot_id: str, token: str) -> httpx.Response:
    return service.client.delete(f"{BOTS}/{bot_id}", headers=bearer(token))


def names(service: PeopleService, token: str | None = None, query: str = "") -> list[str]:
    return [row["name"] for row in service.get(f"{BOTS}{query}", token).json()["data"]]


def team(service: PeopleService, owner: str, **members: str) -> int:
    """The id of a new team with these members, by role."""
    team_id = service.post("/api/v1/teams", {"name": "Crew"}, owner).json()["id"]
    for username, role in members.items():
        body = {"username": username, "role": role}
        service.client.put(f"/api/v1/teams/{team_id}/members", json=body, headers=bearer(owner))
    return int(team_id)


def error(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


@asynccontextmanager
async def database_of(service: PeopleService) -> AsyncIterator[Database]:
    """The service's database, with connections of this event loop."""
    database = Database(service.people.database.url)
    yield database
    await database.close()


def index_document(service: PeopleService, bot_id: str, text: str) -> None:
    """Have a document of a bot in the search index."""
    document = Document("rules", "Rules", text)
    pieces = split_document(document, bot_id, "digest", {"ko": 900, "en": 1000})
    row = {"bot_id": bot_id, "document_id": "rules", "hash": "digest", "title": "Rules", "text": text, "metadata": {}}

    async def write() -> None:
        async with database_of(service) as database, database.transaction() as session:
            await session.execute(insert(indexed_documents), [row])
            await session.execute(insert(chunks), [row_of_chunk(piece) for piece in pieces])

    asyncio.run(write())


def indexed(service: PeopleService, bot_id: str) -> tuple[int, int, int]:
    """Documents and chunks of a bot, and vectors that are to be deleted."""

    async def read() -> tuple[int, int, int]:
        async with database_of(service) as database, database.reading() as session:
            documents = await session.execute(
                select(indexed_documents.c.document_id).where(indexed_documents.c.bot_id == bot_id)
            )
            rows = await session.execute(select(chunks.c.id).where(chunks.c.bot_id == bot_id))
            removed = await session.execute(select(removed_chunks.c.uid))
            return len(documents.all()), len(rows.all()), len(removed.all())

    return asyncio.run(read())


def test_a_bot_on_each_database(service_on_each: PeopleService) -> None:
    service = service_on_each
    token, other = service.member("rider"), service.member("other")
    bot = make(service, token, "규정", instructions="Be brief.", language="ko", opening_questions=["환불은요?"])
    assert (bot["visibility"], bot["mine"], bot["writable"], bot["built_in"]) == ("private", True, True, False)
    assert bot["retrieval"] == {"live_stations": False, "passages": 8, "min_score": None}
    path = f"{BOTS}/{bot['id']}"
    assert service.get(f"{path}/", token).json() == bot
    assert error(service.get(path, other)) == error(service.get(path)) == (404, "bot_not_found")
    assert error(patch(service, bot["id"], {"name": "x"}, other)) == (404, "bot_not_found")
    changed = patch(service, bot["id"], {"language": None, "retrieval": {"passages": 3}}, token).json()
    assert (changed["version"], changed["published_version"], changed["language"]) == (2, 1, None)
    assert (changed["name"], changed["retrieval"]["passages"]) == ("규정", 3)
    assert names(service, token) == ["Pedalcast", "규정"]
    assert names(service, other) == names(service) == ["Pedalcast"]
    assert patch(service, bot["id"], {"visibility": "public", "publish": True}, token).status_code == 200
    seen = service.get(path).json()
    assert (seen["retrieval"]["passages"], seen["instructions"], seen["writable"]) == (3, None, False)
    assert names(service) == ["Pedalcast", "규정"]
    assert names(service, other, "?mine=true") == []
    index_document(service, bot["id"], "A key costs 5,000 won. Ask at the desk.")
    assert error(delete(service, bot["id"], other)) == (403, "bot_read_only")
    assert indexed(service, bot["id"])[:2] == (1, 1)
    assert delete(service, bot["id"], token).status_code == 200
    assert error(service.get(path, token)) == (404, "bot_not_found")
    assert indexed(service, bot["id"]) == (0, 0, 1)


def test_versions_on_each_database(service_on_each: PeopleService) -> None:
    service = service_on_each
    token, other = service.member("rider"), service.member("other")
    bot = make(service, token, instructions="One.", visibility="public")
    path = f"{BOTS}/{bot['id']}/versions"
    for text in ("Two.", "Three."):
        patch(service, bot["id"], {"instructions": text}, token)
    assert patch(service, bot["id"], {"instructions": "Three."}, token).json()["version"] == 3
    first = service.get(f"{path}?limit=2", token).json()
    rest = service.get(f"{path}/?limit=2&before={first['next']}", token).json()
    versions = first["data"] + rest["data"]
    assert [(row["number"], row["settings"]["instructions"], row["published"]) for row in versions] == [
        (3, "Three.", False), (2, "Two.", False), (1, "One.", True),
    ]  # fmt: skip
    assert rest["next"] is None
    compared = service.get(f"{path}/compare?before=1&after=3", token).json()["data"]
    assert compared == [{"field": "instructions", "before": "One.", "after": "Three."}]
    reverted = service.post(f"{path}/2/revert", token=token).json()
    assert (reverted["number"], reverted["reverted_from"], reverted["published"]) == (4, 2, False)
    assert service.get(f"{BOTS}/{bot['id']}").json()["version"] == 1
    assert service.post(f"{path}/4/publish", token=token).json()["published"] is True
    assert service.get(f"{BOTS}/{bot['id']}").json()["version"] == 4
    assert error(service.post(f"{path}/9/publish", token=token)) == (404, "bot_version_not_found")
    assert error(service.get(path, other)) == (403, "bot_read_only")


def test_a_team_reads_and_its_editors_change(service_on_each: PeopleService) -> None:
    service = service_on_each
    owner, editor, reader, other = (service.member(name) for name in ("owner", "editor", "reader", "other"))
    crew = team(service, owner, editor="editor", reader="reader")
    bot = make(service, owner)["id"]
    assert patch(service, bot, {"team_id": crew}, owner).json()["visibility"] == "team"
    for token in (editor, reader):
        assert names(service, token) == ["Pedalcast", "Depot rules"]
    assert patch(service, bot, {"name": "Rules"}, editor).json()["version"] == 2
    assert names(service, editor) == ["Pedalcast", "Rules"]
    assert names(service, reader) == ["Pedalcast", "Depot rules"]
    assert names(service, reader, "?mine=true") == []
    assert error(patch(service, bot, {"name": "x"}, reader)) == (403, "bot_read_only")
    assert error(patch(service, bot, {"name": "x"}, other)) == (404, "bot_not_found")
    for change in ({"visibility": "public"}, {"team_id": None}, {"widget_origins": []}):
        assert error(patch(service, bot, change, editor)) == (403, "not_bot_owner")
    assert error(delete(service, bot, editor)) == (403, "not_bot_owner")
    assert patch(service, bot, {"visibility": "private"}, owner).json()["team_id"] is None
    assert error(service.get(f"{BOTS}/{bot}", editor)) == (404, "bot_not_found")
    patch(service, bot, {"visibility": "team", "team_id": crew}, owner)
    service.client.delete(f"/api/v1/teams/{crew}", headers=bearer(owner))
    assert error(service.get(f"{BOTS}/{bot}", editor)) == (404, "bot_not_found")
    assert service.get(f"{BOTS}/{bot}", owner).json()["team_id"] is None


def test_one_shares_only_with_a_team_one_edits(service: PeopleService) -> None:
    owner, reader = service.member("owner"), service.member("reader")
    crew = team(service, owner, reader="reader")
    bot = make(service, reader)["id"]
    assert error(patch(service, bot, {"team_id": crew}, reader)) == (403, "editor_needed")
    assert error(patch(service, bot, {"team_id": crew + 1}, reader)) == (404, "team_not_found")
    assert error(patch(service, bot, {"visibility": "team"}, reader)) == (422, "team_needed")
    assert service.get(f"{BOTS}/{bot}", reader).json()["visibility"] == "private"


def test_the_guide_stays_as_it_is(service: PeopleService) -> None:
    token = service.member()
    guide = service.get(f"{BOTS}/help").json()
    assert (guide["visibility"], guide["built_in"], guide["retrieval"]["live_stations"]) == ("public", True, True)
    for whose in (token, ADMIN):
        assert error(patch(service, "help", {"name": "x"}, whose)) == (403, "built_in_bot")
        assert error(delete(service, "help", whose)) == (403, "built_in_bot")


def test_who_may_make_bots(service: PeopleService) -> None:
    token, (_, guest) = service.member(), service.guest()
    assert error(service.post(BOTS, {"name": "x"}, guest)) == (403, "account_needed")
    assert service.post(BOTS, {"name": "x"}).status_code == 401
    made = {
        scope: service.post("/api/v1/auth/tokens", {"name": "x", "scopes": [scope]}, token).json()["token"]
        for scope in ("documents", "board")
    }
    bot = make(service, made["documents"])["id"]
    for refused in (service.post(BOTS, {"name": "x"}, made["board"]), service.get(f"{BOTS}/{bot}", made["board"])):
        assert error(refused) == (403, "scope_missing")
    assert patch(service, bot, {"name": "Seen to"}, ADMIN).json()["writable"] is True


def test_pages_of_the_list(service: PeopleService) -> None:
    token = service.member()
    for number in range(5):
        make(service, token, f"Bot {number}")
    path, seen = f"{BOTS}?limit=2", []
    while path:
        response = service.get(path, token)
        seen += [row["name"] for row in response.json()["data"]]
        path = response.links["next"]["url"] if "next" in response.links else ""
    assert seen == ["Pedalcast", *(f"Bot {number}" for number in reversed(range(5)))]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "}, {"language": "fr"}, {"opening_questions": [""]}, {"opening_questions": ["x"] * 7},
        {"instructions": "x" * 4001}, {"retrieval": {"passages": 0}}, {"retrieval": {"min_score": 1.5}},
    ],
)  # fmt: skip
def test_what_is_no_bot(service: PeopleService, fields: dict[str, Any]) -> None:
    assert error(service.post(BOTS, {"name": "x"} | fields, service.member())) == (422, "invalid_request")


@pytest.mark.parametrize(
    "origin",
    ["example.org", "ftp://example.org", "https://example.org/a", "https://u@a.org", "https://*.example.org",
     "https://a b.org", "https://", "null"],
)  # fmt: skip
def test_what_is_no_origin(service: PeopleService, origin: str) -> None:
    token = service.member()
    bot = make(service, token)["id"]
    assert error(patch(service, bot, {"widget_origins": [origin]}, token)) == (422, "invalid_request")
    named = patch(service, bot, {"widget_origins": ["https://Example.org:8443/"]}, token).json()
    assert named["widget_origins"] == ["https://example.org:8443"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("https://www.example.org:443", "https://www.example.org"), ("http://www.example.org:80/", "http://www.example.org"),
     ("http://www.example.org:443", "http://www.example.org:443"), ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
     ("https://Bücher.example", "https://xn--bcher-kva.example"), ("https://한글.한국", "https://xn--bj0bj06e.xn--3e0b707e"),
     (unicodedata.normalize("NFD", "https://한글.한국:443"), "https://xn--bj0bj06e.xn--3e0b707e")],
)  # fmt: skip
def test_an_origin_is_kept_as_browsers_send_it(typed: str, sent: str) -> None:
    assert browser_origin(typed) == sent
    assert browser_origins([typed, "https://*.example.org"]) == {sent}  # of a row from before


def test_bots_go_with_their_account_on_each_database(
    service_on_each: PeopleService, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    service = service_on_each
    owner, editor = service.member("owner"), service.member("editor")
    crew = team(service, owner, editor="editor")
    alone, shared = make(service, owner, "Alone")["id"], make(service, owner, "Shared")["id"]
    patch(service, shared, {"team_id": crew}, owner)
    for bot in (alone, shared):
        index_document(service, bot, "A key costs 5,000 won.")
    archive = zipfile.ZipFile(io.BytesIO(service.get("/api/v1/auth/export", owner).content))
    files = {name: orjson.loads(archive.read(f"{name}.json")) for name in ("bots", "bot_versions", "bot_documents")}
    assert {row["id"] for row in files["bots"]} == {alone, shared}
    assert {row["settings"]["name"] for row in files["bot_versions"]} == {"Alone", "Shared"}
    assert [row["text"] for row in files["bot_documents"]] == ["A key costs 5,000 won."] * 2
    assert service.post("/api/v1/auth/delete", {"password": PASSWORD}, owner).status_code == 202
    eventually(lambda: service.get(f"{BOTS}/{shared}", editor).json()["mine"])
    eventually(lambda: indexed(service, alone)[:2] == (0, 0))
    assert indexed(service, shared)[:2] == (1, 1)
    assert delete(service, shared, editor).status_code == 200
