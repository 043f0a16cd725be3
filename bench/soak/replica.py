"""`python -m bench.soak.replica`: a replica of the service on the soak's clock.

SIGUSR1 makes it write the names of its living threads, sorted, a line each, to the file that `SOAK_THREADS` names.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from bench.soak.shared_clock import SharedClock
from pedalcast.app import create_app
from pedalcast.kit import logging
from pedalcast.kit.web.http_server import HttpServer, listen
from pedalcast.settings import load_settings


def main() -> None:
    """Serve until told to stop."""
    settings = load_settings()
    logging.configure(level=settings.log_level, json=False, secrets=settings.secrets)
    clock = SharedClock(float(os.environ["SOAK_STARTED"]), float(os.environ["SOAK_SPEED"]))
    signal.signal(signal.SIGUSR1, lambda *_: _write_threads(Path(os.environ["SOAK_THREADS"])))
    with listen(settings.host, settings.port) as sock:
        HttpServer(create_app(settings, clock=clock)).run(sockets=[sock])


def _write_threads(path: Path) -> None:
    """Replace the file at once, so that nobody reads half of it."""
    part = path.with_suffix(".part")
    part.write_text("\n".join(sorted(thread.name for thread in threading.enumerate())) + "\n")
    part.replace(path)


if __name__ == "__main__":
    main()
