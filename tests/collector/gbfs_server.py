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
        self.languages = {"en": ""}  # of versions 1 and 2: what the names of their files end in
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
        if (self.version or "1").startswith("3"):
            return {"feeds": self.feeds("")}
        return {language: {"feeds": self.feeds(ending)} for language, ending in self.languages.items()}

    def feeds(self, ending: str) -> list[dict[str, str]]:
        """Those of one language, whose information is called `station_information{ending}` here."""
        own = "station_information" + ending
        there = {name: name for name in (*self.files, "system_hours") if not name.startswith("station_information")}
        there |= {"station_information": own} if own in self.files else {}
        address = f"{self.http.url}/city?file={{}}&token=t0ps3cret"
        return [{"name": name, "url": address.format(file)} for name, file in there.items()]


@contextmanager
def gbfs_server() -> Iterator[GbfsServer]:
    """The server, running."""
    server = GbfsServer()
    with LocalServer(server.answer) as http:
        server.http = http
        yield server
