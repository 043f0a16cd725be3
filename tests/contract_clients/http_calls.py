"""What each of the clients needs of HTTP, by the standard library."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body of an answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        """The JSON of it."""
        return json.loads(self.text)


def call(
    url: str, body: object = None, *, token: str | None = None, method: str | None = None, accept: str | None = None
) -> Reply:
    """One request, with a JSON body if there is one. A redirect is an answer, not followed."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Accept": accept} if accept else {}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=120) as answer:
            return Reply(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refused:
        return Reply(refused.code, dict(refused.headers), refused.read().decode())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def expect(holds: object, what: str, seen: object = "") -> None:
    """End with a sentence where the contract is broken."""
    if not holds:
        raise SystemExit(f"contract broken: {what}: {seen}")


def has_fields(value: Any, fields: dict[str, type | tuple[type, ...]], what: str, *, exactly: bool = False) -> None:
    """Each field is there with its type; with `exactly`, no other is."""
    expect(isinstance(value, dict), f"{what} is an object", value)
    for name, types in fields.items():
        expect(name in value, f"{what} has {name}", value)
        fits = isinstance(value[name], types) and not (types is int and isinstance(value[name], bool))
        expect(fits, f"{what}.{name} is {types}", value[name])
    expect(not exactly or set(value) == set(fields), f"{what} has these fields alone", sorted(value))


def main(run: Callable[[str], None]) -> None:
    """Run a client against the address on the command line."""
    run(sys.argv[1].rstrip("/"))
    sys.stdout.write("the contract holds\n")
