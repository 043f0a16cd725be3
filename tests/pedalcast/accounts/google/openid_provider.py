"""An OpenID provider on loopback (`tools/openid-provider`), and a browser that goes through a sign-in with it."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import httpx

from tests.missing import missing

FOLDER = Path(__file__).resolve().parents[4] / "tools" / "openid-provider"
PUBLIC = "http://pedalcast.test"
CALLBACK = f"{PUBLIC}/api/v1/auth/callback/google"


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """The running provider."""

    issuer: str

    def be(self, person: str, email: str, *, verified: bool) -> None:
        """Sign in this person from now on."""
        parameters = {"id": person, "email": email, "verified": str(verified).lower()}
        assert httpx.get(f"{self.issuer}/person", params=parameters, timeout=60).text == "ok"


@dataclass(frozen=True, slots=True)
class BrowserJourney:
    """A browser that was sent away and comes back: the cookie it kept, and the address it comes back to."""

    cookie: str
    callback: str

    def finish(self, service: httpx.Client, cookie: str | None = None) -> httpx.Response:
        """Come back to the service."""
        path = self.callback.removeprefix(PUBLIC)
        return service.get(path, headers={"Cookie": f"pedalcast_openid={cookie or self.cookie}"})


def journey(service: httpx.Client) -> BrowserJourney:
    """Begin at the service, sign in at the provider, and stand before the way back."""
    begun = service.get("/api/v1/auth/login/google")
    assert begun.status_code == 302, begun.text
    cookie = SimpleCookie(begun.headers["set-cookie"])["pedalcast_openid"].value
    place = begun.headers["location"]
    with httpx.Client(timeout=60) as browser:
        while not place.startswith(PUBLIC):
            answer = browser.get(place)
            assert answer.is_redirect, answer.text
            place = str(httpx.URL(place).join(answer.headers["location"]))
    return BrowserJourney(cookie, place)


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    """Run it until the block ends."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("node with npm")
    if not (FOLDER / "node_modules").exists():
        install = ["npm", "ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, check=True)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = ["node", str(FOLDER / "server.mjs"), str(port), CALLBACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            assert any(line.strip() == "ready" for line in iter(server.stdout.readline, "")), "it does not start"
            yield OpenIdProvider(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
