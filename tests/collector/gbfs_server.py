"""A server of GBFS files, whose addresses do not end in the files' names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.collector.local_server import LocalServer, Request


class GbfsServer:
    """Serves `files` (name -> document) of a version; `faults` (name -> HTTP status or "slow") go first."""

    def __init__(self) -> None:
        self.version: str | None = "2.3"
        self.updated: Any = 1_795_169_090
        self.ttl = 60
        self.files: dict[str, Any] = {}
        self.faults: dict[str, int | str] = {}
        self.http: LocalServer

    @property
    def url(self) -> str:
        return f"{self.http.url}/city?file=gbfs&token=t0ps3cret"

    def document(self, data: Any) -> dict[str, Any]:
        head = {"last_updated": self.updated, "ttl": self.ttl, "data": data}
        return head if self.version is None else head | {"version": self.version}

    def answer(self, request: Request) -> None:
        name = request.path.partition("file=")[2].partition("&")[0]
        fault = self.faults.get(name)
        if fault == "slow":
            request.stall()
        elif fault == "moved":
            request.reply(b"", status=302, Location=request.path.replace(f"file={name}", f"file={name}&moved=1"))
            self.faults.pop(name)
        elif isinstance(fault, int):
            request.reply(b"{}", status=fault)
        elif name == "gbfs":
            request.reply(json.dumps(self.document(self.discovery())).encode())
        elif name in self.files:
            request.reply(json.dumps(self.document(self.files[name])).encode())
        else:
            request.reply(b"<html>not found</html>", status=404, kind="text/html")

    def discovery(self) -> Any:
        names = [*self.files, "system_hours"]
        feeds = [{"name": name, "url": f"{self.http.url}/city?file={name}&token=t0ps3cret"} for name in names]
        return {"feeds": feeds} if (self.version or "1").startswith("3") else {"en": {"feeds": feeds}}


@contextmanager
def gbfs_server() -> Iterator[GbfsServer]:
    """The server, running."""
    server = GbfsServer()
    with LocalServer(server.answer) as http:
        server.http = http
        yield server
