"""Clients that send all they have are understood: the last messages that fit count."""

from __future__ import annotations

import pytest

from pedalcast.chat.schemas import MAX_TURNS, ChatRequest


def _history(turns: object) -> list[tuple[str, str]]:
    request = ChatRequest.model_validate({"question": "q", "chat_history": turns})
    return [(turn.role, turn.content) for turn in request.chat_history]


class TestHistory:
    def test_no_history_is_an_empty_one(self) -> None:
        assert _history(None) == []

    def test_the_last_turns_are_taken(self) -> None:
        turns = [{"role": "user", "content": str(n)} for n in range(MAX_TURNS + 9)]
        assert [content for _, content in _history(turns)] == [str(n) for n in range(9, MAX_TURNS + 9)]

    def test_turns_beyond_the_room_are_left_out(self) -> None:
        turns = [{"role": "user", "content": "x" * 30_000}, {"role": "assistant", "content": "y" * 30_000}]
        assert _history(turns) == [("assistant", "y" * 30_000)]

    def test_other_roles_and_content_in_parts(self) -> None:
        turns = [
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "image"}, "you"]},
            {"role": "assistant", "content": None},
            {"role": "tool", "content": "{}"},
        ]
        assert _history(turns) == [("user", "hi you")]

    def test_integers_are_ids(self) -> None:
        request = ChatRequest.model_validate({"question": "q", "bot_id": 7, "session_id": 12})
        assert (request.bot_id, request.session_id) == ("7", "12")

    @pytest.mark.parametrize("turns", ["hello", [1], {"role": "user"}])
    def test_what_is_no_list_of_messages_is_refused(self, turns: object) -> None:
        with pytest.raises(ValueError, match="chat_history"):
            _history(turns)
