"""Debian's nginx on loopback with the project's templates, filled in as the image's entry point does (envsubst)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template

import httpx
from bench.support.servers import wait_until

from tests.missing import missing

ROOT = Path(__file__).resolve().parents[2]
NGINX = ROOT / "infra" / "nginx"
_MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def nginx_binary() -> str:
    """Where nginx is; skips (in CI: fails) without one."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or missing("nginx")


def upstream_servers(*ports: int) -> str:
    """`UPSTREAM_SERVERS` for replicas on loopback."""
    return " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;" for port in ports)


@contextmanager
def nginx(folder: Path, *templates: str, settings: Mapping[str, str]) -> Iterator[str]:
    """Run nginx in `folder` with some of the templates; the address of its HTTP server.

    The settings are those of the templates; `SNIPPETS` is given, `HTTP_PORT` must be among them.
    """
    (folder / "conf.d").mkdir(parents=True)
    folder.chmod(0o755)  # its worker is no root
    for name in templates:
        text = (NGINX / name).read_text(encoding="utf-8")
        filled = Template(text).safe_substitute({"SNIPPETS": str(NGINX / "snippets"), **settings})
        (folder / "conf.d" / Path(name).name.removesuffix(".template")).write_text(filled)
    configuration = folder / "nginx.conf"
    configuration.write_text(_MAIN.format(folder=folder))
    command = [nginx_binary(), "-p", str(folder), "-c", str(configuration), "-e", str(folder / "start.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr.replace('user" directive', ""), checked.stderr
    url = f"http://127.0.0.1:{settings['HTTP_PORT']}"
    with subprocess.Popen(command) as server:
        try:
            wait_until(lambda: server.poll() is not None or _answers(url), 60)
            assert server.poll() is None, (folder / "error.log").read_text()
            yield url
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=5)
    except httpx.HTTPError:
        return False
    return True
