"""`/docs`: the API described by Swagger UI, every file of it served from here and no script inline."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pedalcast.page.built_page import media_type_of
from pedalcast.page.page_file import ASK_AGAIN, PageFile
from pedalcast.page.security_headers import security_headers

PATH = "/docs"
PACKAGE = "fastapi_offline"  # carries Swagger UI's files; none of its code is run
_ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
_HTML = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Pedalcast API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START = """\
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
"""


@cache
def api_docs() -> dict[str, PageFile]:
    """The files by path, kept for every application of the process."""
    headers = security_headers()
    folder = _assets_folder()
    html = PageFile(_HTML.encode, "text/html; charset=utf-8", ASK_AGAIN, headers)
    script = PageFile(_START.encode, "text/javascript; charset=utf-8", ASK_AGAIN, headers)
    assets = {
        f"{PATH}/{name}": PageFile((folder / name).read_bytes, media_type_of(Path(name)), ASK_AGAIN, headers)
        for name in _ASSETS
    }
    return {PATH: html, f"{PATH}/": html, f"{PATH}/start.js": script, **assets}


def _assets_folder() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None  # noqa: S101 (one of the service's requirements)
    assert spec.origin is not None  # noqa: S101 (a package with an __init__)
    return Path(spec.origin).parent / "static"
