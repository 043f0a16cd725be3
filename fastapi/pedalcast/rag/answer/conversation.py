"""The end of a conversation, as much of it as the answering model is shown."""

from __future__ import annotations

from collections.abc import Sequence

from pedalcast.rag.routing.follow_up import Turn
from pedalcast.rag.text.token_estimate import estimated_tokens

MOST_TURNS = 10
_SHARE = 3  # of the budget one message takes a third at most


def recent_turns(history: Sequence[Turn], tokens: int) -> list[Turn]:
    """The last messages, at most `MOST_TURNS`, which together have about `tokens` tokens at most; oldest first.

    A long message is cut at its end, so that it does not push out what was said before it.

    >>> history = [Turn("user", "한둘셋"), Turn("user", "넷다섯"), Turn("assistant", "여섯")]
    >>> [turn.text for turn in recent_turns(history, 6)]
    ['한…', '넷…', '여섯']
    """
    kept: list[Turn] = []
    for turn in reversed(history[-MOST_TURNS:]):
        text = _cut(turn.text, max(1, tokens // _SHARE))
        tokens -= estimated_tokens(text)
        if tokens < 0:
            break
        kept.append(Turn(turn.role, text))
    return kept[::-1]


def _cut(text: str, tokens: int) -> str:
    """A text of about so many tokens at most."""
    size = estimated_tokens(text)
    return text if size <= tokens else text[: len(text) * tokens // size].rstrip() + "…"
