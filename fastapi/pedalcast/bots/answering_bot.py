"""A bot as what answers for it needs it: which documents, by which rules, and which version of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.rag.answer.bot_rules import GUIDE_RULES, BotRules
from pedalcast.rag.flow.graph import Graph


@dataclass(frozen=True, slots=True)
class AnsweringBot:
    """The bot `id` by its published `version`. `provider` names who answers, None for whom the asker has chosen.

    `workflow` is its own graph, None where the default one answers.
    """

    id: str
    version: int = 0
    rules: BotRules = GUIDE_RULES
    provider: str | None = None
    workflow: Graph | None = None

    @classmethod
    def of(cls, bot_id: str, version: int, settings: BotSettings) -> Self:
        """By the settings of one of its versions."""
        retrieval = settings.retrieval
        rules = BotRules(
            about_service=False,
            live=retrieval.live_stations,
            instructions=settings.instructions,
            language=settings.language,
            passages=retrieval.passages,
            min_score=retrieval.min_score,
        )
        return cls(bot_id, version, rules, settings.provider, settings.workflow)


GUIDE = AnsweringBot(GUIDE_ID)
