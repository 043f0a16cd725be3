"""The bot that is always there: the guide, which answers from the built-in help and the live stations."""

from __future__ import annotations

from datetime import UTC, datetime

from pedalcast.accounts.sessions.caller import OPERATOR_ID
from pedalcast.bots.bot_settings import BotSettings, RetrievalSettings
from pedalcast.bots.models import Bot, BotVersion

GUIDE_ID = "help"
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GUIDE_SETTINGS = BotSettings(
    name="Pedalcast",
    opening_questions=["자전거는 어떻게 빌리나요?", "How do I rent a bike?"],
    retrieval=RetrievalSettings(live_stations=True),
)


def guide() -> tuple[Bot, BotVersion]:
    """The guide as if it had rows of its own; it has none, so that nothing can change or delete it."""
    bot = Bot(
        id=GUIDE_ID,
        user_id=OPERATOR_ID,
        team_id=None,
        visibility="public",
        published=1,
        latest=1,
        widget_origins=[],
        created_at=_SINCE,
        updated_at=_SINCE,
    )
    version = BotVersion(
        bot_id=GUIDE_ID,
        number=1,
        settings=GUIDE_SETTINGS.model_dump(),
        author_id=OPERATOR_ID,
        reverted_from=None,
        created_at=_SINCE,
        published_at=_SINCE,
    )
    return bot, version
