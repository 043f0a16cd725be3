"""A client of kept chats as a Django site has one: accounts by name, sessions as integers, closing slashes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.contract_clients.http_calls import call, expect, has_fields, main

MESSAGE = {"id": int, "role": str, "content": str, "sources": list, "metadata": dict, "created_at": str}
SESSION = {"id": int, "title": str, "message_count": int, "created_at": str, "updated_at": str}


def run(base: str) -> None:
    """Sign up, ask, go on, list, open, bookmark, delete; then what must fail."""
    auth, chat = f"{base}/api/v1/auth", f"{base}/api/v1/chatbot"
    name = f"rider-{uuid4().hex[:8]}"
    account = {"email": f"{name}@example.org", "username": name, "password": "three wheels are one too many"}
    expect(call(f"{auth}/register/", account).status == 201, "an account is made")
    by_name = call(f"{auth}/login/", {"username": name, "password": account["password"]}).body
    by_address = call(f"{auth}/login/", {"email": account["email"], "password": account["password"]}).body
    for answer in (by_name, by_address):
        has_fields(answer, {"access": str, "access_token": str, "refresh": str, "refresh_token": str}, "a sign-in")
        expect(answer["access"] == answer["access_token"], "both names are one token")
    token = by_name["access"]

    first = _asked(chat, token, {"message": "헬멧을 꼭 써야 하나요?"})
    second = _asked(chat, token, {"message": "벌금은요?", "session_id": first["session_id"]})
    expect(second["session_id"] == first["session_id"], "the session goes on", second)
    listed = call(f"{chat}/sessions/", token=token).body
    expect(listed["success"] is True and isinstance(listed["data"], list), "sessions are a plain list", listed)
    [row] = listed["data"]
    has_fields(row, SESSION | {"last_message": dict}, "a listed session")
    has_fields(row["last_message"], {"role": str, "content": str, "created_at": str}, "its last message")
    opened = call(f"{chat}/sessions/{first['session_id']}/", token=token).body["data"]
    has_fields(opened, SESSION | {"messages": list}, "an opened session")
    for message in opened["messages"]:
        has_fields(message, MESSAGE, "a message", exactly=True)
    roles = [message["role"] for message in opened["messages"]]
    expect(roles == ["user", "assistant"] * 2, "messages stand in order", roles)
    expect(opened["message_count"] == row["message_count"] == 4, "messages are counted", opened["message_count"])

    _bookmarks(chat, token, second)
    gone = call(f"{chat}/sessions/{first['session_id']}/delete/", token=token, method="DELETE").body
    has_fields(gone, {"success": bool, "message": str}, "a deletion")
    expect(call(f"{chat}/sessions/", token=token).body["data"] == [], "what is deleted is gone")
    _fails(call(f"{chat}/sessions/{first['session_id']}/", token=token), 404, "session_not_found")
    _fails(call(f"{chat}/sessions/"), 401, None)
    _fails(call(f"{chat}/chat/", {"message": ""}, token=token), 422, None)


def _asked(chat: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = call(f"{chat}/chat/", body, token=token).body
    fields = {"success": bool, "session_id": int, "message_id": int, "data": dict}
    has_fields(answer, fields, "an answer", exactly=True)
    has_fields(answer["data"], {"response": str, "sources": list, "images": list}, "its data", exactly=True)
    expect(answer["success"] is True and answer["data"]["response"], "the answer says something", answer)
    return answer


def _bookmarks(chat: str, token: str, answer: dict[str, Any]) -> None:
    body = {"content": answer["data"]["response"], "sources": answer["data"]["sources"],
            "message_id": answer["message_id"]}  # fmt: skip
    added = call(f"{chat}/bookmark/", body, token=token).body
    expect(added["success"] is True, "a bookmark is kept", added)
    [kept] = call(f"{chat}/bookmarks/", token=token).body["data"]
    expect(kept["content"] == body["content"], "it keeps the answer", kept)
    expect(call(f"{chat}/bookmark/{kept['id']}/", token=token, method="DELETE").status == 200, "it can be removed")


def _fails(reply: Any, status: int, code: str | None) -> None:
    expect(reply.status == status, f"the status is {status}", (reply.status, reply.text))
    has_fields(reply.body, {"success": bool, "error": str, "message": str}, "a failure")
    expect(reply.body["success"] is False, "a failure says so", reply.body)
    expect(code is None or reply.body["error"] == code, f"its code is {code}", reply.body)


if __name__ == "__main__":
    main(run)
