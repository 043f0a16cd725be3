"""What one bot does otherwise than the built-in guide."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pedalcast.rag.types import RetrievalResult


@dataclass(frozen=True, slots=True)
class BotRules:
    """The defaults are the guide's.

    `about_service`: its subject is the bike service, so that it refuses what is foreign to that; any other bot looks
    into its documents. `live`: it answers about stations from live data, too. `language` is that of its answers, None
    for the question's. An answer is made of `passages` at most, and given from `min_score` on (None: as learned).
    """

    about_service: bool = True
    live: bool = True
    instructions: str = ""
    language: str | None = None
    passages: int | None = None
    min_score: float | None = None

    def trimmed(self, found: RetrievalResult) -> RetrievalResult:
        """No more passages than this bot answers from."""
        return found if self.passages is None else replace(found, passages=found.passages[: self.passages])


GUIDE_RULES = BotRules()
