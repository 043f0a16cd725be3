"""Settings of a service on the test's own Redis and folder."""

from tests.pedalcast.conftest import settings

__all__ = ["settings"]
