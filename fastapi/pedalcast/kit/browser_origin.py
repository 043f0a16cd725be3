"""Origins of web pages, written as browsers send them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress

import httpx

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")


def browser_origin(text: str) -> str:
    """The origin as a browser's `Origin` header has it: ASCII, lower case, no default port. Raises `ValueError`.

    >>> browser_origin("https://따릉이.한국:443/")
    'https://xn--v01bm6foup.xn--3e0b707e'
    """
    try:  # an international name is folded and composed first, as in browsers (UTS 46)
        url = httpx.URL(unicodedata.normalize("NFKC", text.strip().lower().rstrip("/")))
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    host = url.raw_host.decode("ascii")
    bare = url.path in {"", "/"} and not (url.query or url.fragment or url.userinfo)
    if url.scheme not in {"http", "https"} or not bare or not _HOST.fullmatch(host):
        raise ValueError("an origin is a scheme and a host, such as https://www.example.org")
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def browser_origins(texts: Iterable[str]) -> frozenset[str]:
    """Those of a row, which may be from a time when they were kept as they were typed; what is none is left out."""
    origins: set[str] = set()
    for text in texts:
        with suppress(ValueError):
            origins.add(browser_origin(text))
    return frozenset(origins)
