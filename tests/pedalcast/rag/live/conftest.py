"""A small city with names in Seoul's style, at a fixed moment."""

from __future__ import annotations

import pytest

from tests.pedalcast.rag.live.city import City, small_city


@pytest.fixture
def city() -> City:
    """Nine stations at five past ten in Seoul, with forecasts for all but the last."""
    return small_city()
