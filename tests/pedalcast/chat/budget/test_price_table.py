"""Costs come from the operator's table alone; what it does not price costs nobody knows what."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pedalcast.chat.budget.price_table import PriceTable, PriceTableError
from pedalcast.rag.llm.model_use import ModelCall

TABLE = """
currency = "EUR"
[[model]]
provider = "ollama"
model = "small"
input = 3
output = 0.5
"""


def table(folder: Path, text: str = TABLE) -> PriceTable:
    path = folder / "prices.toml"
    path.write_text(text)
    return PriceTable.read(path)


def call(model: str, asked: int, written: int) -> ModelCall:
    """A call that read and wrote so many tokens."""
    return ModelCall("ollama", model, "answering", ["가" * asked] if asked else [], ["나" * written])


def test_tokens_read_and_written_have_their_prices(tmp_path: Path) -> None:
    prices = table(tmp_path)
    assert prices.price_of_all([call("small", 1000, 200)]) == Decimal("0.0031")
    assert prices.price_of_all([call("small", 1000, 0), call("small", 0, 0)]) == Decimal("0.003")
    assert prices.price_of_all([]) == 0


def test_one_unknown_price_makes_the_sum_unknown(tmp_path: Path) -> None:
    prices = table(tmp_path)
    assert prices.price_of(call("large", 1, 1)) is None
    assert prices.price_of_all([call("small", 1000, 200), call("large", 1, 1)]) is None
    assert prices.price_of_all([call("small", 1000, 200), call("large", 0, 0)]) is not None  # it was not asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TABLE.replace("3", "-3"), "model.0.input"),
        (TABLE.replace("EUR", "euro"), "currency"),
        (TABLE.replace("ollama", "nobody"), "model.0.provider"),
        (TABLE + TABLE.split("\n", 2)[2], "priced twice"),
        ('currency = "EUR"', "model"),
        ("currency =", "prices.toml"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PriceTableError) as refused:
        table(tmp_path, text)
    assert told in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "prices.toml"))
