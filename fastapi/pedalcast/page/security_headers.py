"""The headers that keep a page from loading, sending or being framed where it should not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping

from pedalcast.kit.web.cached_response import Headers

POLICY: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "worker-src": ("'self'", "blob:"),
    "manifest-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'self'",),
}
_FIXED: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
]


def security_headers(more: Mapping[str, Iterable[str]] | None = None) -> Headers:
    """The headers of a page that loads everything from here; `more` adds sources to directives of the policy.

    >>> dict(security_headers({"img-src": ["https://tiles.example"]}))[b"content-security-policy"].split(b"; ")[3]
    b"img-src 'self' data: blob: https://tiles.example"
    """
    added = more or {}
    directives = (f"{name} {' '.join([*sources, *added.get(name, ())])}" for name, sources in POLICY.items())
    return [(b"content-security-policy", "; ".join(directives).encode()), *_FIXED]


def source_hash(text: str) -> str:
    """How a policy admits one inline style or script: its hash, in quotes."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
