"""The page as `frontend/` builds it: the files of one folder, by the path that they are asked for with."""

from __future__ import annotations

import mimetypes
from pathlib import Path

import pedalcast
from pedalcast.kit.web.cached_response import Headers
from pedalcast.page.page_file import ASK_AGAIN, FOR_GOOD, PageFile

BUILT_HERE = Path(pedalcast.__file__).parents[2] / "frontend" / "dist"  # where a checkout's build lies
HASHED = "assets/"  # the build names what lies there after its content
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}


def built_page(folder: Path, headers: Headers) -> dict[str, PageFile]:
    """The files of `folder` by path, the index as `/` too; empty where there is no build."""
    if not (folder / "index.html").is_file():
        return {}
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {f"/{name}": _file(folder / name, name, headers) for name in names}
    return {"/": files["/index.html"], **files}


def _file(path: Path, name: str, headers: Headers) -> PageFile:
    cache = FOR_GOOD if name.startswith(HASHED) else ASK_AGAIN
    return PageFile(path.read_bytes, media_type_of(path), cache, headers)


def media_type_of(path: Path) -> str:
    """What a browser is to take a file for; with the charset where it is text.

    >>> media_type_of(Path("maplibre-gl-worker.mjs"))
    'text/javascript; charset=utf-8'
    """
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
