"""An operation that goes says so in its answers and in the description."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.testclient import TestClient

from pedalcast.contract.api_promises import promises_of
from pedalcast.contract.deprecation import deprecated

SINCE, SUNSET = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)


def test_headers_and_description() -> None:
    app = FastAPI()

    @app.get("/api/v1/old", **deprecated(SINCE, SUNSET, successor="/api/v1/new"))
    def old() -> dict[str, str]:
        return {}

    headers = TestClient(app).get("/api/v1/old").headers
    assert headers["Deprecation"] == "@1798761600"
    assert headers["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
    assert headers["Link"] == '</api/v1/new>; rel="successor-version"'
    assert promises_of(app.openapi())["GET /api/v1/old"].sunset == "2027-07-01"
