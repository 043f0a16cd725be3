"""Which feed, and how to reach it: from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.errors import ConfigError
from collector.parsing.fields import parse_json
from collector.parsing.numbers import number

SEOUL_BASE_URL = "http://openapi.seoul.go.kr:8088"
FEEDS = ("seoul", "gbfs", "replay", "simulated")


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """Settings of a feed. What may hold a key stays out of the representation.

    Environment: `FEED` (default: seoul where `SEOUL_API_KEY` is set, gbfs where `GBFS_URL` is, else simulated),
    `SEOUL_API_KEY`, `SEOUL_BASE_URL`, `GBFS_URL`, `GBFS_HEADERS` (a JSON object), `GBFS_HEADER_HOSTS` (further hosts
    that get the headers, with commas between), `GBFS_ALLOW_PRIVATE` (1: the discovery may name private addresses),
    `FEED_SEED`, `FEED_TIMEOUT` (seconds a call), `FEED_BUDGET` (seconds a poll).
    """

    feed: str = "simulated"
    seoul_api_key: str = field(default="", repr=False)
    seoul_base_url: str = SEOUL_BASE_URL
    gbfs_url: str = field(default="", repr=False)
    gbfs_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    gbfs_header_hosts: tuple[str, ...] = ()
    gbfs_allow_private: bool = False
    seed: int = 7
    timeout: float = 10.0
    budget: float = 45.0

    def __post_init__(self) -> None:
        if self.feed not in FEEDS:
            raise ConfigError(f"FEED must be one of {', '.join(FEEDS)}, not {self.feed!r}")
        if self.timeout <= 0 or self.budget <= 0:
            raise ConfigError("FEED_TIMEOUT and FEED_BUDGET must be above 0 seconds")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> FeedConfig:
        """Read the settings. `ConfigError` names the one that makes no sense."""
        env = {name: value.strip() for name, value in environment.items()}
        default = "seoul" if env.get("SEOUL_API_KEY") else "gbfs" if env.get("GBFS_URL") else "simulated"
        return cls(
            feed=(env.get("FEED") or default).lower(),
            seoul_api_key=env.get("SEOUL_API_KEY", ""),
            seoul_base_url=env.get("SEOUL_BASE_URL") or SEOUL_BASE_URL,
            gbfs_url=env.get("GBFS_URL", ""),
            gbfs_headers=_headers(env.get("GBFS_HEADERS", "")),
            gbfs_header_hosts=_hosts(env.get("GBFS_HEADER_HOSTS", "")),
            gbfs_allow_private=env.get("GBFS_ALLOW_PRIVATE", "").lower() in ("1", "true", "yes"),
            seed=int(_number(env, "FEED_SEED", 7)),
            timeout=_number(env, "FEED_TIMEOUT", 10.0),
            budget=_number(env, "FEED_BUDGET", 45.0),
        )


def _headers(value: str) -> dict[str, str]:
    if not value:
        return {}
    headers = parse_json(value.encode())
    if not isinstance(headers, dict) or not all(isinstance(item, str) for item in headers.values()):
        raise ConfigError('GBFS_HEADERS must be a JSON object of strings, for example {"Authorization": "Bearer …"}')
    return headers


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(host.strip() for host in value.split(",") if host.strip())


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name)
    if not value:
        return default
    parsed = number(value)
    if parsed is None:
        raise ConfigError(f"{name} must be a number, not {value!r}")
    return parsed
