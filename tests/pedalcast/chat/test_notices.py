"""A station closed by hand, in the chat: out of use at once, told of, and back when the notice is gone."""

from __future__ import annotations

from typing import Any

import httpx

from tests.pedalcast.people_service import bearer

ADMIN = bearer("a-token-of-the-tests")


def ask(chat: httpx.Client, question: str) -> dict[str, Any]:
    body: dict[str, Any] = chat.post("/api/v1/chat", json={"question": question}).json()
    return body


def test_a_closed_station_is_out_of_use_and_told_of(chat: httpx.Client) -> None:
    station = chat.get("/api/v1/realtime/stations").json()["stations"][0]
    question = f"{station['name']} 지금 몇 대 있어?"
    before = ask(chat, question)
    assert before["sources"], before["answer"]
    assert before["sources"][0]["chunk_id"] == f"station:{station['station_id']}"
    assert before["metadata"]["notices"] == []
    notice = chat.post("/api/v1/notices", json={"station_id": station["station_id"]}, headers=ADMIN).json()["data"]
    try:
        closed = ask(chat, question)
        assert closed["metadata"]["notices"] == [notice["text"]["ko"]]
        assert "운영하지 않" in closed["answer"]
        assert "운영하지 않" not in before["answer"]
        assert ask(chat, "헬멧을 꼭 써야 하나요?")["metadata"]["notices"] == []
    finally:
        assert chat.delete(f"/api/v1/notices/{notice['id']}", headers=ADMIN).status_code == 200
    assert ask(chat, question)["metadata"]["notices"] == []
