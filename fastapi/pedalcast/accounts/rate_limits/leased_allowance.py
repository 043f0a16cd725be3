"""Counts the requests of the fast path in the process, from allowances leased from the shared limit.

A lease is a twentieth of the limit, taken at once from the window in Redis: the fast path asks Redis once for so many
requests. What a replica leased and did not use is lost when the window ends.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Scope

from pedalcast.accounts.errors import TooManyRequestsError
from pedalcast.accounts.rate_limits.client_address import Network, address_block, client_address
from pedalcast.accounts.rate_limits.rate_limiter import RateLimiter
from pedalcast.kit.errors import problem

LIMIT = "all"
LEASES = 20  # of one window
MAX_CALLERS = 20_000


@dataclass(slots=True)
class _Lease:
    remaining: int
    until: float  # of the monotonic clock


class LeasedAllowance:
    """By address: what the fast path answers is everybody's."""

    def __init__(self, limiter: RateLimiter, trusted: tuple[Network, ...]) -> None:
        self._limiter = limiter
        self._trusted = trusted
        self._leases: dict[str, _Lease] = {}
        self._size = max(1, limiter.amount(LIMIT) // LEASES)

    def take(self, scope: Scope) -> bool:
        """Whether the caller's lease has a request left, which is counted."""
        lease = self._leases.get(self._address(scope))
        if lease is None or lease.remaining <= 0 or time.monotonic() >= lease.until:
            return False
        lease.remaining -= 1
        return True

    async def renew(self, scope: Scope) -> Response | None:
        """Lease more and count this request; a 429 where nothing is left of the window."""
        address = self._address(scope)
        granted, decision = await self._limiter.lease(LIMIT, f"address:{address}", self._size)
        if granted == 0:
            error = TooManyRequestsError(decision.reset_s, decision.limit)
            return problem(error.status, error.code, error.message, headers=error.headers)
        if len(self._leases) >= MAX_CALLERS:
            self._leases.clear()
        self._leases[address] = _Lease(granted - 1, time.monotonic() + decision.reset_s)
        return None

    def _address(self, scope: Scope) -> str:
        return address_block(client_address(scope, self._trusted))
