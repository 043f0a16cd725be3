"""Which replica forecasts: a Redis lease with a fencing number.

The number grows with every change of hands. A write is guarded by watching the lease, so that a leader that was paused
and has been replaced meanwhile finds its transaction refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import redis

KEY = "lease:forecasts"
FENCE_KEY = "lease:forecasts:fence"
TTL = timedelta(seconds=15)

# KEYS lease, fence; ARGV owner, milliseconds. The holder's value (kept or new), or nothing when another one holds it.
# The number is the server's time at least, so that it grows even when Redis has lost its data.
_TAKE = """
local held = redis.call('GET', KEYS[1])
if held then
  if string.sub(held, -string.len(ARGV[1])) ~= ARGV[1] then return false end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return held
end
local now = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(last + 1, now[1] * 1000 + math.floor(now[2] / 1000)))
redis.call('SET', KEYS[2], fence)
local value = fence .. ':' .. ARGV[1]
redis.call('SET', KEYS[1], value, 'PX', ARGV[2], 'NX')
return value
"""
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class LeaseLostError(Exception):
    """Another replica holds the lease, or nobody does: what was to be written has not been."""


@dataclass(frozen=True, slots=True)
class HeldLease:
    """Proof of a lease: its value in Redis, and the fencing number in it."""

    value: bytes

    @property
    def fence(self) -> int:
        return int(self.value.partition(b":")[0])


class Lease:
    """One replica's side of the lease. `ttl` is how long a dead leader keeps the others waiting."""

    def __init__(self, client: redis.Redis, *, owner: str | None = None, ttl: timedelta = TTL, key: str = KEY) -> None:
        self.owner = owner or uuid4().hex
        self.key = key
        self._client = client
        self._ttl_ms = max(1, int(ttl.total_seconds() * 1000))
        self._take = client.register_script(_TAKE)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)
        self.held: HeldLease | None = None

    def acquire(self) -> HeldLease | None:
        """Take the lease, or hold on to it for another `ttl`. None when another replica has it."""
        fence_key = FENCE_KEY if self.key == KEY else f"{self.key}:fence"
        value: Any = self._take(keys=[self.key, fence_key], args=[self.owner, self._ttl_ms])
        self.held = None if value is None else HeldLease(bytes(value))
        return self.held

    def renew(self) -> bool:
        """Hold on to it for another `ttl`, from any thread; False when it is not held. It is never taken here."""
        held = self.held
        return held is not None and bool(self._renew(keys=[self.key], args=[held.value, self._ttl_ms]))

    def release(self) -> None:
        """Give it back, so that the next one need not wait for its end."""
        if self.held is not None:
            self._release(keys=[self.key], args=[self.held.value])
            self.held = None
