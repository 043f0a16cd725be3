"""The base map by `PAGE_MAP`: what the page is told of it, and the origin that it may be loaded from."""

from __future__ import annotations

from urllib.parse import urlsplit

from pedalcast.page.schemas import BaseMap

PMTILES = ".pmtiles"


def base_map(url: str, attribution: str) -> BaseMap | None:
    """The map of an address, None for an empty one."""
    if not url:
        return None
    is_archive = urlsplit(url).path.endswith(PMTILES)
    return BaseMap(kind="pmtiles" if is_archive else "raster", url=url, attribution=attribution)


def origin_of(url: str) -> str | None:
    """Scheme, host and port of an address, None for a path on this host.

    >>> origin_of("https://tiles.example.org/{z}/{x}/{y}.png")
    'https://tiles.example.org'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
