"""What accounts count: sign-ins by how they ended, and requests that were refused by a limit."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class AccountMetrics:
    """Made once an application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sign_ins = Counter(
            "pedalcast_sign_ins_total", "Sign-ins with a password, by outcome", ["outcome"], registry=registry
        )
        self.refused = Counter(
            "pedalcast_rate_limited_total", "Requests refused by a limit, by limit", ["limit"], registry=registry
        )
