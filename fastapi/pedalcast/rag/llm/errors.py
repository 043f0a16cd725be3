"""What can go wrong with a language model, in one shape for every provider."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

FailureReason = Literal["timeout", "unreachable", "throttled", "refused", "failed", "empty"]
ErrorReason = Literal[FailureReason, "paused"]  # `paused`: not even asked, after failing again and again


class ProviderError(Exception):
    """The model did not answer. `reason` is stable; the message is one plain line without addresses or keys."""

    def __init__(self, reason: ErrorReason, provider: str) -> None:
        super().__init__(_MESSAGES[reason].format(provider=provider))
        self.reason = reason
        self.provider = provider


def reason_of_status(status: int) -> FailureReason:
    """Why the model did not answer, by the HTTP status of its provider's answer.

    >>> [reason_of_status(status) for status in (429, 401, 529)]
    ['throttled', 'refused', 'failed']
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "throttled"
    return "refused" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"


def retry_after(error: BaseException, now: datetime | None = None) -> float | None:
    """The seconds for which a provider asks to be left alone, by the `Retry-After` of its answer; None where it says
    none. Every client keeps that answer as `response`: an object with headers, or AWS's dictionary.
    """
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    else:
        headers = getattr(response, "headers", None)
    said = headers.get("retry-after") if isinstance(headers, Mapping) else None
    return None if said is None else _seconds(str(said).strip(), now or datetime.now(UTC))


def _seconds(said: str, now: datetime) -> float | None:
    """
    >>> noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    >>> _seconds("20", noon), _seconds("Fri, 20 Nov 2026 12:01:00 GMT", noon), _seconds("soon", noon)
    (20.0, 60.0, None)
    """
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


class MissingExtraError(ImportError):
    """A provider is set whose integration is not installed."""

    def __init__(self, provider: str, package: str) -> None:
        super().__init__(
            f"the language model provider {provider!r} needs {package}: install requirements/llm.txt (or that package)"
        )


_MESSAGES: dict[ErrorReason, str] = {
    "timeout": "The language model ({provider}) took too long to answer.",
    "unreachable": "The language model ({provider}) cannot be reached.",
    "throttled": "The language model ({provider}) is asked too often.",
    "refused": "The language model ({provider}) refused the request.",
    "failed": "The language model ({provider}) failed.",
    "empty": "The language model ({provider}) answered with nothing.",
    "paused": "The language model ({provider}) is not asked for a while, having failed several times.",
}
