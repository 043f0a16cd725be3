"""What the endpoints of bots take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.bot_settings import (
    MAX_OPENING_QUESTIONS,
    BotLanguage,
    BotName,
    BotSettings,
    ChangedField,
    Instructions,
    OpeningQuestion,
    RetrievalSettings,
    Workflow,
)
from pedalcast.bots.built_in_guide import GUIDE_ID
from pedalcast.bots.models import BotVersion
from pedalcast.bots.repository import ListedBot
from pedalcast.kit.browser_origin import browser_origin

Visibility = Literal["private", "team", "public"]


Origin = Annotated[str, Field(max_length=255), AfterValidator(browser_origin)]


class BotIn(BotSettings):
    """A new bot; it is private unless said otherwise."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Depot rules", "instructions": "Answer politely.", "language": "ko"}}
    )

    visibility: Visibility = "private"
    team_id: int | None = Field(None, ge=1, description="the team it is shared with")


class BotChangeIn(BaseModel):
    """What to change of a bot; what is not given stays."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"instructions": "Name the section of the rule.", "publish": True}}
    )

    name: BotName | None = None
    instructions: Instructions | None = None
    language: BotLanguage | None = None
    opening_questions: list[OpeningQuestion] | None = Field(None, max_length=MAX_OPENING_QUESTIONS)
    provider: str | None = Field(None, min_length=1, max_length=64)
    retrieval: RetrievalSettings | None = None
    workflow: Workflow | None = None
    publish: bool = Field(default=False, description="let the new version answer at once")
    visibility: Visibility | None = None
    team_id: int | None = Field(None, ge=1)
    widget_origins: list[Origin] | None = Field(
        None, max_length=50, description="origins whose pages may embed it; it has to be public for that"
    )

    def settings_of(self, before: BotSettings) -> BotSettings:
        """The settings with what is given in the place of what was. None is a value of what a bot may go without."""
        given = self.model_dump(exclude_unset=True, include=set(BotSettings.model_fields))
        optional = ("language", "provider", "workflow")
        changes = {name: value for name, value in given.items() if value is not None or name in optional}
        return BotSettings.model_validate(before.model_dump() | changes)


class BotOut(BotSettings):
    """A bot. Whoever may change it sees its newest version and all its fields; others what is published.

    `instructions`, `workflow` and `widget_origins` are null for others.
    """

    id: str
    visibility: Visibility
    team_id: int | None
    mine: bool = Field(description="whether the caller owns it")
    writable: bool = Field(description="whether the caller may change it")
    built_in: bool = Field(description="the service's own guide, which nobody changes")
    version: int = Field(description="the version that is shown")
    published_version: int = Field(description="the version that answers")
    latest_version: int
    instructions: str | None  # type: ignore[assignment]
    widget_origins: list[str] | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, listed: ListedBot, caller: Caller | None) -> Self:
        """From the rows."""
        bot, settings = listed.bot, BotSettings.model_validate(listed.version.settings).model_dump()
        if not listed.writable:
            settings["instructions"] = settings["workflow"] = None
        return cls.model_validate(
            settings
            | {
                "id": bot.id,
                "visibility": bot.visibility,
                "team_id": bot.team_id if listed.writable else None,
                "mine": caller is not None and caller.user_id == bot.user_id,
                "writable": listed.writable,
                "built_in": bot.id == GUIDE_ID,
                "version": listed.version.number,
                "published_version": bot.published,
                "latest_version": bot.latest if listed.writable else bot.published,
                "widget_origins": bot.widget_origins if listed.writable else None,
                "created_at": bot.created_at,
                "updated_at": bot.updated_at,
            }
        )


class BotsOut(BaseModel):
    """Bots the caller may ask, the built-in guide first."""

    success: Literal[True] = True
    data: list[BotOut]


class BotVersionOut(BaseModel):
    """A version of a bot's settings."""

    number: int
    settings: BotSettings
    author_id: str
    reverted_from: int | None = Field(description="the version whose settings it repeats")
    created_at: datetime
    published_at: datetime | None = Field(description="when it was last published, if ever")
    published: bool = Field(description="whether it is the one that answers")

    @classmethod
    def of(cls, row: BotVersion, published: int) -> Self:
        """From the row; `published` is the number of the version that answers."""
        return cls(
            number=row.number,
            settings=BotSettings.model_validate(row.settings),
            author_id=row.author_id,
            reverted_from=row.reverted_from,
            created_at=row.created_at,
            published_at=row.published_at,
            published=row.number == published,
        )


class BotVersionsOut(BaseModel):
    """Versions of a bot, the newest first; `next` goes into `before` for older ones."""

    success: Literal[True] = True
    data: list[BotVersionOut]
    next: int | None


class BotComparisonOut(BaseModel):
    """What two versions have differently."""

    success: Literal[True] = True
    data: list[ChangedField]
