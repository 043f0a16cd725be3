"""What the providers' endpoints take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class ProviderIn(BaseModel):
    """Who is to answer."""

    model_config = ConfigDict(json_schema_extra={"example": {"provider": "extractive"}})

    provider: Annotated[str, Field(min_length=1, max_length=64)]


class ProviderOut(BaseModel):
    """Somebody who can answer."""

    name: str = Field(description="`extractive`, a language model's provider, or `rag_server`", examples=["extractive"])
    model: str | None = Field(description="the language model's name")


class ProvidersOut(BaseModel):
    """Everybody who can answer."""

    success: Literal[True] = True
    providers: list[ProviderOut]
    current: str = Field(examples=["extractive"])
