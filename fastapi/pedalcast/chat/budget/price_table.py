"""What language models cost, by the operator's table: none is known here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pedalcast.model_settings import ModelProvider
from pedalcast.rag.llm.model_use import ModelCall
from pedalcast.rag.text.token_estimate import estimated_tokens

MILLION = 1_000_000
Price = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class PriceTableError(ValueError):
    """The table cannot be used; the message is one line that begins with the file's path."""


class ModelPrice(BaseModel):
    """What a million tokens cost that a model reads (`input`), and that it writes (`output`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: ModelProvider
    model: str = Field(min_length=1)
    input: Price
    output: Price

    def of(self, call: ModelCall) -> Decimal:
        """The price of a call, its tokens as they are estimated."""
        read, written = sum(map(estimated_tokens, call.asked)), estimated_tokens("".join(call.written))
        return (read * self.input + written * self.output) / MILLION


class _TableFile(BaseModel):
    """The file as it is written: a currency, and a `[[model]]` a price."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    model: tuple[ModelPrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len({(price.provider, price.model) for price in self.model}) < len(self.model):
            raise ValueError("a model is priced twice")
        return self


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by provider and model, in one currency (ISO 4217)."""

    currency: str
    prices: dict[tuple[str, str], ModelPrice]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The table of a TOML file. Raises `PriceTableError`."""
        try:
            table = _TableFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise PriceTableError(f"{path}: {where}: {fault['msg']}") from None
        except (OSError, ValueError) as error:
            raise PriceTableError(f"{path}: {error}") from None
        return cls(table.currency, {(price.provider, price.model): price for price in table.model})

    def price_of(self, call: ModelCall) -> Decimal | None:
        """What a call cost: nothing where the model was not even asked, None where its price is not known."""
        if not call.asked:
            return Decimal(0)
        price = self.prices.get((call.provider, call.model))
        return None if price is None else price.of(call)

    def price_of_all(self, calls: Iterable[ModelCall]) -> Decimal | None:
        """What the calls cost together, None where the price of one of them is not known."""
        prices = [self.price_of(call) for call in calls]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) if len(known) == len(prices) else None
