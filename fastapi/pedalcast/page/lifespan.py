"""The page as a part of the application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from fastapi import FastAPI
from starlette.routing import BaseRoute

from pedalcast.page.api_docs import PATH, api_docs
from pedalcast.page.base_map import base_map, origin_of
from pedalcast.page.built_page import BUILT_HERE, built_page
from pedalcast.page.missing_page import missing_page
from pedalcast.page.page_layer import PageLayer, first_part
from pedalcast.page.schemas import PageSettings
from pedalcast.page.security_headers import security_headers
from pedalcast.settings import Settings


def install_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page where it is built, and the description of the API. Its requests are not rate limited."""
    named = [*settings.page_origins.split(","), origin_of(settings.page_map) or ""]
    origins = list(dict.fromkeys(origin for part in named if (origin := part.strip())))
    headers = security_headers({"img-src": origins, "connect-src": origins})
    page = built_page(settings.page_dir or BUILT_HERE, headers) or missing_page()

    @cache
    def reserved() -> frozenset[str]:
        """The first parts of the paths that the application answers."""
        return frozenset(first_part(path) for path in [*_paths(app.routes), PATH] if path.strip("/"))

    app.state.page_settings = PageSettings(
        base_map=base_map(settings.page_map, settings.page_map_attribution),
        google_sign_in=settings.google_client_id is not None,
    )
    app.add_middleware(PageLayer, files={**page, **api_docs()}, reserved=reserved)


def _paths(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """The paths of routes and of the routers that were included among them."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _paths(included.routes)
        else:
            yield getattr(route, "path", "")
