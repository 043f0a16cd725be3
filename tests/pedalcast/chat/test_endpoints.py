"""The chat's contract over a real socket, offline, with the network closed."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

PATH = "/api/v1/chat"


def ask(chat: httpx.Client, question: str, **more: Any) -> dict[str, Any]:
    response = chat.post(PATH, json={"question": question, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def streamed(chat: httpx.Client, question: str, **more: Any) -> list[ServerSentEvent]:
    headers = {"Accept": "text/event-stream"}
    with connect_sse(chat, "POST", PATH, json={"question": question, **more}, headers=headers) as source:
        return list(source.iter_sse())


class TestWarmingUp:
    def test_says_so_until_the_index_is_there(self, warming: tuple[httpx.Client, httpx.Response]) -> None:
        _, first = warming
        assert first.status_code == 503
        assert first.headers["content-type"] == "application/problem+json"
        assert first.json()["error"] == "warming_up"
        assert int(first.headers["retry-after"]) > 0

    def test_ends(self, chat: httpx.Client) -> None:
        assert ask(chat, "안녕하세요")["success"]
        assert "pedalcast_chat_ready 1.0" in chat.get("/metrics").text


class TestAnswer:
    def test_has_the_contracts_shape(self, chat: httpx.Client) -> None:
        body = ask(chat, "일일권은 얼마예요?", user_id="u-1", session_id="s-1", chat_history=[])
        assert set(body) == {"success", "answer", "response", "sources", "images", "metadata", "session_id", "error"}
        assert (body["success"], body["error"], body["session_id"]) == (True, None, "s-1")
        assert body["response"] == body["answer"]
        assert {"chunk_id", "content", "url", "score", "title", "page"} <= set(body["sources"][0])
        assert {"rag_type", "workflow", "response_time"} <= set(body["metadata"])
        assert body["metadata"]["workflow"] == [step["step"] for step in body["metadata"]["steps"]]
        assert all(isinstance(name, str) for name in body["metadata"]["workflow"])
        assert body["metadata"]["tokens"] > 10
        assert (body["metadata"]["rag_type"], body["metadata"]["language"]) == ("documents", "ko")

    def test_message_is_accepted_for_question(self, chat: httpx.Client) -> None:
        response = chat.post(PATH, json={"message": "How do I rent a bike?"})
        assert response.json()["metadata"]["question"] == "How do I rent a bike?"

    def test_a_session_without_an_id_gets_one(self, chat: httpx.Client) -> None:
        assert len(ask(chat, "hi")["session_id"]) == 32

    @pytest.mark.parametrize("question", ["헬멧을 써야 하나요?", "What happens if I return the bike late?"])
    def test_documents_are_quoted_at_their_place(self, chat: httpx.Client, question: str) -> None:
        body = ask(chat, question)
        assert body["metadata"]["answered_by"] == "extractive"
        for source in body["sources"]:
            assert source["type"] == "document"
            for quote in source["quotes"]:
                assert quote["text"] in body["answer"]
                assert f"[{source['n']}]" in body["answer"]
                inside = quote["start"] - source["start"]
                assert quote["chunk_id"] != source["chunk_id"] or source["content"][inside:].startswith(quote["text"])

    def test_every_marker_is_a_source_and_every_source_marked(self, chat: httpx.Client) -> None:
        body = ask(chat, "자전거가 고장 나면 어떻게 하나요?")
        marked = {int(number) for number in re.findall(r"\[(\d+)\]", body["answer"])}
        assert marked == {source["n"] for source in body["sources"]}

    def test_a_station_is_cited_with_its_time(self, chat: httpx.Client) -> None:
        body = ask(chat, "101번 대여소에 지금 자전거 몇 대 있어?")
        [source] = body["sources"][:1]
        assert (source["type"], source["chunk_id"]) == ("station", "station:SIM-1")
        assert source["observed_at"].endswith("Z")
        assert source["age_seconds"] >= 0
        station = chat.get(source["url"]).json()
        assert f"자전거 {station['bikes']}대" in body["answer"]
        assert f"빈 거치대 {station['docks']}개" in body["answer"]

    def test_a_stations_forecast_is_told_with_its_probability(self, chat: httpx.Client) -> None:
        body = ask(chat, "Will there be a bike at station 101 in half an hour?")
        forecast = chat.get("/api/v1/predict/stations/SIM-1").json()
        [horizon] = [h for h in forecast["horizons"] if h["minutes"] == 30]
        shown = min(99, max(1, round(100 * horizon["p_bike"])))
        assert f"the probability of a bike is {shown}%" in body["answer"]

    def test_near_a_position(self, chat: httpx.Client) -> None:
        body = ask(chat, "any bikes near me?", position={"lat": 37.557989, "lon": 126.905543})
        assert body["sources"][0]["chunk_id"] == "station:SIM-1"

    def test_a_follow_up_shows_how_it_was_understood(self, chat: httpx.Client) -> None:
        history = [{"role": "user", "content": "101번 대여소에 자전거 있어?"}, {"role": "assistant", "content": "네."}]
        metadata = ask(chat, "30분 뒤에는?", chat_history=history)["metadata"]
        assert metadata["question"] == "30분 뒤에는?"
        assert metadata["rewritten"] == "101번 은별역 1번출구 앞 30분 뒤에는?"

    def test_a_bot_that_is_not_there_has_no_part_of_the_help(self, chat: httpx.Client) -> None:
        answer = chat.post("/api/v1/chat", json={"question": "일일권은 얼마예요?", "bot_id": "another"})
        assert (answer.status_code, answer.json()["error"]) == (404, "bot_not_found")

    def test_is_counted_and_timed(self, chat: httpx.Client) -> None:
        ask(chat, "일일권은 얼마예요?")
        metrics = chat.get("/metrics").text
        counted = 'pedalcast_chat_requests_total{answered_by="extractive",outcome="answered",route="documents"}'
        assert counted in metrics
        assert 'pedalcast_chat_stage_seconds_count{stage="route"}' in metrics


class TestStream:
    def test_tells_what_is_known_then_text_then_sources_then_the_whole(self, chat: httpx.Client) -> None:
        events = streamed(chat, "일일권은 얼마예요?", session_id="s-2")
        names = [event.event for event in events]
        assert names[0] == "metadata"
        assert names[-2:] == ["sources", "done"]
        assert set(names[1:-2]) == {"token"}
        metadata = json.loads(events[0].data)
        assert metadata.pop("cached", True) is True  # there, and true, where another test has asked the same before
        assert metadata == {"session_id": "s-2", "rag_type": "documents", "language": "ko", "rewritten": None}
        whole = json.loads(events[-1].data)
        assert "".join(json.loads(e.data)["text"] for e in events[1:-2]) == whole["answer"]
        assert json.loads(events[-2].data)["sources"] == whole["sources"]

    def test_gives_the_same_answer_as_json(self, chat: httpx.Client) -> None:
        question = "How do I rent a bike?"
        whole = json.loads(streamed(chat, question)[-1].data)
        plain = ask(chat, question)
        assert (whole["answer"], whole["sources"]) == (plain["answer"], plain["sources"])


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({}, "body.question"),
            ({"question": "  "}, "body.question"),
            ({"question": "x" * 2001}, "body.question"),
            ({"question": 7}, "body.question"),
            ({"question": "hi", "chat_history": "before"}, "body.chat_history"),
            ({"question": "hi", "bot_id": "../etc"}, "body.bot_id"),
            ({"question": "hi", "session_id": "a b"}, "body.session_id"),
            ({"question": "hi", "position": {"lat": 91, "lon": 0}}, "body.position.lat"),
        ],
    )
    def test_an_invalid_request_names_the_field(self, chat: httpx.Client, body: dict[str, Any], where: str) -> None:
        response = chat.post(PATH, json=body)
        assert response.status_code == 422
        problem = response.json()
        assert (problem["success"], problem["error"], problem["status"]) == (False, "invalid_request", 422)
        assert problem["errors"][0]["where"] == where

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
    def test_what_is_no_json_object(self, chat: httpx.Client, content: bytes) -> None:
        assert chat.post(PATH, content=content).json()["error"] == "invalid_request"

    def test_too_large(self, chat: httpx.Client) -> None:
        response = chat.post(PATH, content=b'{"question": "' + b"x" * 300_000 + b'"}')
        assert (response.status_code, response.json()["error"]) == (413, "too_large")

    def test_too_large_without_a_length(self, chat: httpx.Client) -> None:
        response = chat.post(PATH, content=(b"x" * 10_000 for _ in range(40)))
        assert response.status_code == 413

    def test_a_stream_is_refused_the_same_way(self, chat: httpx.Client) -> None:
        response = chat.post(PATH, json={"question": ""}, headers={"Accept": "text/event-stream"})
        assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")

    def test_the_schema_tells_the_contract(self, chat: httpx.Client) -> None:
        document = chat.get("/openapi.json").json()
        operation = document["paths"][PATH]["post"]
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        fields = document["components"]["schemas"][reference.removeprefix("#/components/schemas/")]["properties"]
        assert {"question", "user_id", "chat_history", "session_id", "bot_id"} <= set(fields)
        assert {"200", "413", "422", "503"} <= set(operation["responses"])
