from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pedalcast.models.jobs.retrain_request import RetrainRequest

SPAN = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
PAST = SPAN[1] + timedelta(seconds=1)
LONG = timedelta(days=120)


class TestWindow:
    @pytest.mark.parametrize(
        ("order", "start", "end"),
        [
            ({}, SPAN[0], PAST),
            ({"days": 3}, PAST - timedelta(days=3), PAST),
            ({"days": 300}, SPAN[0], PAST),
            ({"start": "2026-11-05T00:00:00Z"}, datetime(2026, 11, 5, tzinfo=UTC), PAST),
            ({"days": 2, "end": "2026-11-10T09:00:00+09:00"}, datetime(2026, 11, 8, tzinfo=UTC), None),
            ({"end": "2027-01-01T00:00:00Z"}, SPAN[0], PAST),
        ],
    )
    def test_lies_in_the_history(self, order: dict[str, Any], start: datetime, end: datetime | None) -> None:
        found = RetrainRequest.model_validate(order).window(SPAN, LONG)
        assert found == (start, end or datetime(2026, 11, 10, tzinfo=UTC))

    def test_is_not_longer_than_the_service_allows_unless_asked(self) -> None:
        assert RetrainRequest().window(SPAN, timedelta(days=5))[0] == PAST - timedelta(days=5)
        asked = RetrainRequest(start=SPAN[0])
        assert asked.window(SPAN, timedelta(days=5))[0] == SPAN[0]


class TestOrder:
    @pytest.mark.parametrize(
        "order",
        [
            {"days": 0},
            {"days": 3, "start": "2026-11-05T00:00:00Z"},
            {"start": "2026-11-05T00:00:00Z", "end": "2026-11-05T00:00:00Z"},
            {"start": "2026-11-05T00:00:00"},
            {"engine": "catboost"},
            {"horizons": []},
            {"horizons": [60, 10]},
            {"horizons": [10, 10]},
            {"horizons": [1]},
            {"dryrun": True},
        ],
    )
    def test_that_makes_no_sense_is_refused(self, order: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            RetrainRequest.model_validate(order)
