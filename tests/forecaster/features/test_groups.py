"""Groups of features: every feature in one of them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from forecaster.features import FEATURES
from forecaster.features.groups import GROUPS, NOW, columns_of


def test_every_feature_belongs_to_one_group() -> None:
    named = [*NOW, *chain.from_iterable(GROUPS.values())]
    assert sorted(named) == sorted(FEATURES)


def test_columns_are_those_of_the_matrix() -> None:
    assert [FEATURES[column] for column in columns_of("near_levels")] == list(GROUPS["near_levels"])


def test_groups_can_be_joined() -> None:
    assert columns_of("still+holiday") == [FEATURES.index("still"), FEATURES.index("holiday")]


def test_an_unknown_group_is_named_beside_the_known() -> None:
    with pytest.raises(ValueError, match=r"weather.*changes"):
        columns_of("weather")


def test_every_group_and_feature_of_its_own_is_described() -> None:
    told = (Path(__file__).resolve().parents[3] / "docs" / "features.md").read_text(encoding="utf-8")
    numbered = {*GROUPS["changes"], *GROUPS["flows"]}  # told as a range
    for name in [*GROUPS, *(feature for feature in FEATURES if feature not in numbered)]:
        assert f"`{name}`" in told, name
