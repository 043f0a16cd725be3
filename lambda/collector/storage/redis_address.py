"""Where Redis is: `REDIS_URL`, or the parts that other services name it by."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from collector.errors import ConfigError

REDIS_PARTS = (
    "REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_DB", "REDIS_TLS", "REDIS_SSL_CA_CERTS",
)  # fmt: skip
_YES = frozenset({"1", "true", "yes", "on"})


def redis_address(environment: Mapping[str, str]) -> str | None:
    """The address to connect to, None where nothing names one. `REDIS_URL` goes before the parts.

    With `REDIS_TLS` it is a `rediss://` address; the server's certificate is checked against `REDIS_SSL_CA_CERTS` (a
    file), else against those the machine trusts. Raises `ConfigError` when a part is no number.
    """
    if url := environment.get("REDIS_URL"):
        return url
    parts = {name: environment.get(name, "") for name in REDIS_PARTS}
    if not parts["REDIS_HOST"]:
        return None
    port, db = _number(parts, "REDIS_PORT", "6379"), _number(parts, "REDIS_DB", "0")
    user, password = quote(parts["REDIS_USERNAME"], safe=""), quote(parts["REDIS_PASSWORD"], safe="")
    login = f"{user}:{password}@" if user or password else ""
    host = f"[{parts['REDIS_HOST']}]" if ":" in parts["REDIS_HOST"] else parts["REDIS_HOST"]
    if parts["REDIS_TLS"].lower() not in _YES:
        return f"redis://{login}{host}:{port}/{db}"
    certificates = parts["REDIS_SSL_CA_CERTS"]
    query = f"?{urlencode({'ssl_ca_certs': certificates})}" if certificates else ""
    return f"rediss://{login}{host}:{port}/{db}{query}"


def _number(parts: Mapping[str, str], name: str, default: str) -> int:
    text = parts[name] or default
    if not text.isdecimal():
        raise ConfigError(f"{name}: it must be a number")
    return int(text)
