"""A bot's workflow over HTTP: saved, tried, published, answered by, and gone back from."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from tests.pedalcast.people_service import PASSWORD, bearer


@pytest.fixture(scope="module")
def token(chat: httpx.Client) -> str:
    """A member's access token."""
    name = f"w{uuid4().hex[:12]}"
    body = {"email": f"{name}@example.org", "password": PASSWORD, "username": name}
    assert chat.post("/api/v1/auth/register", json=body).status_code == 201
    signed_in = chat.post("/api/v1/auth/login/", json={"username": name, "password": PASSWORD})
    return str(signed_in.json()["access"])


@pytest.fixture
def bot(chat: httpx.Client, token: str) -> str:
    """The id of a new bot that answers about stations."""
    body = {"name": "Depot", "retrieval": {"live_stations": True}}
    return str(chat.post("/api/v1/bots", json=body, headers=bearer(token)).json()["id"])


@pytest.fixture(scope="module")
def station(chat: httpx.Client) -> dict[str, Any]:
    """A station with bikes, as the service has it."""
    stations = chat.get("/api/v1/realtime/stations").json()["stations"]
    return max(stations, key=lambda one: one["bikes"])


def stock(chat: httpx.Client, station: dict[str, Any], at_least: int) -> dict[str, Any]:
    """The example with a condition on the stock of this station."""
    graph: dict[str, Any] = chat.get("/api/v1/workflows/examples").json()["data"]["stock"]
    own = {"stock": {"station": station["name"]}, "enough": {"value": at_least}}
    return graph | {"nodes": [node | own.get(node["id"], {}) for node in graph["nodes"]]}


def test_one_without_a_graph_shows_the_default(chat: httpx.Client, token: str, bot: str) -> None:
    shown = chat.get(f"/api/v1/bots/{bot}/workflow", headers=bearer(token)).json()
    assert (shown["origin"], shown["which"]) == ("default", "draft")
    assert shown["graph"] == chat.get("/api/v1/workflows/examples").json()["data"]["default"]
    schema = chat.get("/api/v1/workflows/schema").json()["data"]
    assert schema["properties"]["version"]["const"] == 1


def test_is_saved_as_a_draft_published_compared_and_reverted(
    chat: httpx.Client, token: str, bot: str, station: dict[str, Any]
) -> None:
    place, headers = f"/api/v1/bots/{bot}/workflow", bearer(token)
    saved = chat.put(place, json=stock(chat, station, 1), headers=headers)
    assert saved.status_code == 200, saved.text
    assert (saved.json()["origin"], saved.json()["version"]) == ("own", 2)
    published = chat.get(place, params={"which": "published"}, headers=headers).json()
    assert (published["origin"], published["version"]) == ("default", 1)
    changes = chat.get(f"/api/v1/bots/{bot}/versions/compare?before=1&after=2", headers=headers).json()["data"]
    assert [change["field"] for change in changes] == ["workflow"]
    assert chat.post(f"/api/v1/bots/{bot}/versions/2/publish", headers=headers).status_code == 200
    assert chat.get(place, params={"which": "published"}, headers=headers).json()["origin"] == "own"
    assert chat.delete(place, headers=headers).json()["origin"] == "default"
    assert chat.post(f"/api/v1/bots/{bot}/versions/2/revert", headers=headers).status_code == 201
    assert chat.get(place, headers=headers).json()["origin"] == "own"


def test_answers_and_streams_by_the_condition(
    chat: httpx.Client, token: str, bot: str, station: dict[str, Any]
) -> None:
    headers = bearer(token)
    for at_least, by in ((1, "template"), (10_000, "live")):
        chat.put(f"/api/v1/bots/{bot}/workflow", json=stock(chat, station, at_least), headers=headers)
        chat.patch(f"/api/v1/bots/{bot}", json={"publish": True}, headers=headers)
        body = {"question": "Shall I go?", "bot_id": bot}
        answer = chat.post("/api/v1/chat", json=body, headers=headers).json()
        assert answer["metadata"]["answered_by"] == by, answer
        streamed = chat.post("/api/v1/chat", json=body, headers=headers | {"Accept": "text/event-stream"}).text
        events = [part.split("\n", 1) for part in streamed.strip().split("\n\n")]
        assert events[0][0] == "event: metadata"
        tokens = [orjson.loads(data.removeprefix("data: "))["text"] for name, data in events if name == "event: token"]
        assert "".join(tokens) == answer["response"]
    steps = answer["metadata"]["workflow"]
    assert {"stock", "enough", "rules"} <= set(steps)


def test_a_dry_run_tells_the_way_and_keeps_nothing(
    chat: httpx.Client, token: str, bot: str, station: dict[str, Any]
) -> None:
    headers = bearer(token)
    body = {"message": "Shall I go?", "graph": stock(chat, station, 1)}
    ran = chat.post(f"/api/v1/bots/{bot}/workflow/run", json=body, headers=headers).json()
    assert ran["answer"].startswith("Go: ")
    assert [node["node"] for node in ran["trace"]] == ["start", "route", "stock", "enough", "go", "end"]
    enough = next(node for node in ran["trace"] if node["node"] == "enough")
    assert (enough["type"], enough["outcome"], enough["next"]) == ("condition", "yes", ["go"])
    assert all(node["milliseconds"] >= 0 for node in ran["trace"])
    assert ran["sources"][0]["type"] == "station"
    assert chat.get(f"/api/v1/bots/{bot}/workflow", headers=headers).json()["origin"] == "default"


def test_a_broken_one_is_refused_at_its_node(chat: httpx.Client, token: str, bot: str, station: dict[str, Any]) -> None:
    graph, headers = stock(chat, station, 1), bearer(token)
    graph["nodes"][3]["field"] = "wheels"
    for refused in (
        chat.put(f"/api/v1/bots/{bot}/workflow", json=graph, headers=headers),
        chat.post(f"/api/v1/bots/{bot}/workflow/run", json={"message": "Go?", "graph": graph}, headers=headers),
    ):
        assert refused.status_code == 422
        assert refused.json()["error"] == "workflow_refused"
        fault = refused.json()["errors"][0]
        assert (fault["node"], fault["field"], fault["code"]) == ("enough", "field", "unknown_field")
    assert chat.patch(f"/api/v1/bots/{bot}", json={"workflow": graph}, headers=headers).status_code == 422


def test_is_nobody_elses(chat: httpx.Client, token: str, bot: str) -> None:
    assert chat.get(f"/api/v1/bots/{bot}/workflow").status_code == 404
    assert chat.get("/api/v1/bots/help/workflow").json()["origin"] == "default"
    assert chat.put(f"/api/v1/bots/{uuid4().hex}/workflow", json={}, headers=bearer(token)).status_code == 404


def test_is_seen_as_published_by_whoever_may_ask(
    chat: httpx.Client, token: str, bot: str, station: dict[str, Any]
) -> None:
    place, headers = f"/api/v1/bots/{bot}/workflow", bearer(token)
    graph = stock(chat, station, 1)
    chat.put(place, json=graph, headers=headers)
    chat.patch(f"/api/v1/bots/{bot}", json={"visibility": "public"}, headers=headers)
    assert (chat.get(place).json()["origin"], chat.get(place).json()["which"]) == ("default", "published")
    assert chat.get(place, params={"which": "draft"}).json()["error"] == "bot_read_only"
    chat.patch(f"/api/v1/bots/{bot}", json={"publish": True}, headers=headers)
    own, others = (chat.get(place, headers=sent).json()["graph"]["nodes"] for sent in (headers, {}))
    assert [node["id"] for node in own] == [node["id"] for node in others]
    told = [[node["instructions"] for node in nodes if node["type"] == "llm"] for nodes in (own, others)]
    assert told[0] != [""]
    assert told[1] == [""]


def test_has_as_many_nodes_as_are_allowed(chat: httpx.Client, token: str, bot: str) -> None:
    assert chat.get("/api/v1/workflows/schema").json()["data"]["properties"]["nodes"]["maxItems"] == 40
    writers = [{"id": f"t{n}", "type": "template", "text": "Hello."} for n in range(39)]
    edges = [{"from": "start", "to": node["id"]} for node in writers]
    edges += [{"from": node["id"], "to": "end"} for node in writers]
    ends = [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}]
    for count, status in ((38, 200), (39, 422)):
        kept = {"start", "end", *(node["id"] for node in writers[:count])}
        graph = {"nodes": [*ends, *writers[:count]], "edges": [e for e in edges if {e["from"], e["to"]} <= kept]}
        for sent in (
            chat.put(f"/api/v1/bots/{bot}/workflow", json=graph, headers=bearer(token)),
            chat.patch(f"/api/v1/bots/{bot}", json={"workflow": graph}, headers=bearer(token)),
        ):
            assert sent.status_code == status, sent.text
    assert sent.json()["errors"][0]["code"] == "too_many_nodes"
