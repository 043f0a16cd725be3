"""A bot as what answers for it needs it: which documents, by which rules, and which version of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pedalcast.bots.bot_settings import BotSettings
from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.bots.models import Bot
from pedalcast.rag.answer.bot_rules import GUIDE_RULES, BotRules


@dataclass(frozen=True, slots=True)
class AnsweringBot:
    """The bot `id` by its published `version`. `provider` names who answers, None for whom the asker has chosen."""

    id: str
    version: int = 0
    rules: BotRules = GUIDE_RULES
    provider: str | None = None

    @classmethod
    def of(cls, bot: Bot, settings: BotSettings) -> Self:
        """From the row and the settings of its published version."""
        retrieval = settings.retrieval
        rules = BotRules(
            about_service=False,
            live=retrieval.live_stations,
            instructions=settings.instructions,
            language=settings.language,
            passages=retrieval.passages,
            min_score=retrieval.min_score,
        )
        return cls(bot.id, bot.published, rules, settings.provider)


GUIDE = AnsweringBot(GUIDE_ID)
