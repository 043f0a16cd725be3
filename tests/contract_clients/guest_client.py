"""A client of guests' chats as a single-page React site has one: an id and a token, answers whole or streamed."""

from __future__ import annotations

from tests.contract_clients.http_calls import call, expect, has_fields, main


def run(base: str) -> None:
    """Become a guest, ask with and without the token, stream, stay alive, choose a provider; then what must fail."""
    triple = f"{base}/api/v1/triple"
    user = call(f"{triple}/user/", {}).body
    has_fields(user, {"user_id": str, "token": str}, "a guest")
    user_id, token = user["user_id"], user["token"]
    again = call(f"{triple}/user/", {"user_id": user_id}, token=token).body
    expect(again["user_id"] == user_id, "who comes back is the same guest", again)

    question = {"user_id": user_id, "question": "헬멧을 꼭 써야 하나요?"}
    answer = call(f"{triple}/chat/", question, token=token).body
    has_fields(answer, {"response": str, "chat_id": int, "images": list}, "an answer")
    expect(call(f"{triple}/chat/", question).status == 200, "the id alone may ask")
    stream = call(f"{triple}/chat/", question, token=token, accept="text/event-stream")
    kind = {name.lower(): value for name, value in stream.headers.items()}["content-type"]
    expect(kind.startswith("text/event-stream"), "the answer is streamed where that is asked for", kind)
    expect("data:" in stream.text, "events have data", stream.text[:200])

    for alive in (call(f"{triple}/activity/", {"user_id": user_id}), call(f"{triple}/activity/", {}, token=token)):
        expect(alive.status == 200, "the session lives", alive.text)
    dead = call(f"{triple}/activity/", {"user_id": "0" * 32})
    expect(dead.status == 401, "an unknown session has ended", dead.text)
    has_fields(dead.body, {"error": str, "message": str}, "its answer")
    expect(dead.body["error"] == "session_expired", "with its code", dead.body)

    chosen = call(f"{triple}/providers/", token=token)
    expect(chosen.status == 200, "the providers are told", chosen.text)
    expect(call(f"{base}/api/v1/chatbot/sessions/").status == 401, "without the token nothing kept is read")
    kept = call(f"{base}/api/v1/chatbot/sessions/", token=token).body["data"]
    expect(kept, "with it, the chats are there")


if __name__ == "__main__":
    main(run)
