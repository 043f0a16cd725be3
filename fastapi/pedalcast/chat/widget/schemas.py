"""What the widget's endpoints give."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class WidgetBotOut(BaseModel):
    """The bot as the widget shows it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Depot rules", "language": None, "opening_questions": ["환불은요?"]}}
    )

    name: str
    language: str | None
    opening_questions: list[str]
