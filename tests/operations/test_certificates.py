"""A certificate issued and renewed by Debian's certbot from a real ACME server (pebble), through nginx's webroot."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from bench.support.servers import free_port, wait_until
from cryptography import x509

from tests.infra.nginx_server import nginx, upstream_servers
from tests.operations.surroundings import PATIENCE_S, process, program

NAME = "bikes.example.com"


@dataclass(frozen=True)
class AcmeServer:
    """Where pebble is, the certificate it shows, and the root of those it issues."""

    directory: str
    certificate: Path
    management: str


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("acme", "management", "http", "https", "dns", "challenge", "unused")}


@pytest.fixture(scope="module")
def acme(folder: Path, ports: dict[str, int]) -> Iterator[AcmeServer]:
    own = folder / "acme"
    own.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=own, check=True, capture_output=True,
    )  # fmt: skip
    settings = {
        "listenAddress": f"127.0.0.1:{ports['acme']}",
        "managementListenAddress": f"127.0.0.1:{ports['management']}",
        "certificate": str(own / "cert.pem"),
        "privateKey": str(own / "key.pem"),
        "httpPort": ports["http"],
        "tlsPort": ports["https"],
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }
    (own / "pebble.json").write_text(json.dumps({"pebble": settings}))
    dns = f"127.0.0.1:{ports['dns']}"
    resolver = [program("pebble-challtestsrv"), "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", dns]
    resolver += ["-management", f"127.0.0.1:{ports['challenge']}", "-http01", "", "-https01", "", "-tlsalpn01", ""]
    with ExitStack() as stack:
        stack.enter_context(process(resolver, own))
        command = [program("pebble"), "-config", str(own / "pebble.json"), "-dnsserver", dns]
        stack.enter_context(
            process(command, own, {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"})
        )
        directory = f"https://localhost:{ports['acme']}/dir"
        wait_until(lambda: _answers(directory, own / "cert.pem"), PATIENCE_S)
        yield AcmeServer(directory, own / "cert.pem", f"https://localhost:{ports['management']}")


def _answers(url: str, certificate: Path) -> bool:
    try:
        return httpx.get(url, verify=ssl.create_default_context(cafile=certificate), timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def _certbot(folder: Path, acme: AcmeServer, *arguments: str) -> None:
    own = [f"--{name}-dir={folder}/certbot/{name}" for name in ("config", "work", "logs")]
    options = ["--server", acme.directory, "--non-interactive", "--agree-tos", "--register-unsafely-without-email"]
    environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(acme.certificate)}
    done = subprocess.run(
        [program("certbot"), *arguments, *own, *options], env=environment, capture_output=True, text=True, check=False,
        timeout=PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_is_issued_through_the_webroot_served_and_renewed(
    folder: Path, acme: AcmeServer, ports: dict[str, int]
) -> None:
    webroot, page, live = folder / "webroot", folder / "page", folder / "certbot" / "config" / "live" / NAME
    for path in (webroot, page):
        path.mkdir()
    (page / "index.html").write_text("<!doctype html>")
    common = {"UPSTREAM_SERVERS": upstream_servers(ports["unused"]), "PAGE_DIR": str(page), "SERVER_NAME": NAME}
    common |= {"HTTP_PORT": str(ports["http"]), "HTTPS_PORT": str(ports["https"]), "WEBROOT": str(webroot)}
    templates = ("templates/shared.conf.template", "https/https.conf.template")
    # Before there is a certificate nginx starts with the ACME server's own.
    first = folder / "first"
    first.mkdir()
    for name, source in (("fullchain.pem", "cert.pem"), ("privkey.pem", "key.pem")):
        (first / name).write_bytes((folder / "acme" / source).read_bytes())
    with nginx(folder / "nginx-first", *templates, settings={**common, "CERTIFICATES": str(first)}):
        _certbot(folder, acme, "certonly", "--webroot", "-w", str(webroot), "-d", NAME)
        issued = _serial(live)
        _certbot(folder, acme, "renew", "--force-renewal", "--no-random-sleep-on-renew")
    assert _serial(live) != issued
    root = ssl.create_default_context(cafile=acme.certificate)
    roots = folder / "roots.pem"
    roots.write_bytes(httpx.get(f"{acme.management}/roots/0", verify=root).content)
    with nginx(folder / "nginx-live", *templates, settings={**common, "CERTIFICATES": str(live)}):
        trusted = ssl.create_default_context(cafile=roots)
        with httpx.Client(verify=trusted) as client:
            answer = client.get(
                f"https://127.0.0.1:{ports['https']}/", headers={"Host": NAME}, extensions={"sni_hostname": NAME}
            )
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=63072000"


def _serial(live: Path) -> int:
    return x509.load_pem_x509_certificate((live / "fullchain.pem").read_bytes()).serial_number
