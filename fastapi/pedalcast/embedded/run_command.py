"""`python -m pedalcast run`, once everything is ready: the service, its polls, its first model."""

from __future__ import annotations

from contextlib import ExitStack
from socket import socket

from fastapi import FastAPI
from prometheus_client import Gauge

from pedalcast.accounts.commands import make_operator_link
from pedalcast.app import create_app
from pedalcast.embedded.first_model import FirstModel, is_wanted
from pedalcast.embedded.poll_driver import PollDriver
from pedalcast.embedded.prepare import PreparedRun
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.steps import Steps
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.web.http_server import HttpServer


def run(sock: socket, prepared: PreparedRun, options: RunOptions, steps: Steps) -> None:
    """Serve on a listening socket, poll and train until told to stop, or until the recording is over."""
    app = create_app(prepared.settings, clock=prepared.clock)
    server = HttpServer(app)
    restarts = Gauge(
        "pedalcast_embedded_redis_restarts",
        "Times the run's own Redis was started again after it died",
        registry=app.state.context.metrics,
    )
    restarts.set_function(lambda: prepared.redis.restarts)
    first = FirstModel(app.state.models.jobs, app.state.forecasts, lambda: server.started, steps)
    trains = options.train and is_wanted(prepared.objects, prepared.settings.first_model_after)
    polls = PollDriver(
        prepared.source,
        prepared.store,
        prepared.clock,
        lambda: _served(app),
        after=first.settled if trains and prepared.source.trains_first else None,
        on_end=server.release if options.until_end else lambda: None,
    )
    with ExitStack() as stack:
        for worker in (first.worker, polls.worker) if trains else (polls.worker,):
            app.state.context.workers.start(worker)
            stack.callback(worker.stop)
        host, port = sock.getsockname()[:2]
        address = f"http://{_reachable(host)}:{port}"
        steps.title(f"Pedalcast is at {address} (its API: /docs). Ctrl-C stops it.")
        link = make_operator_link(prepared.settings, prepared.settings.public_url or address)
        steps.title(f"Sign in as its admin, once, within 30 minutes: {link}")
        server.run(sockets=[sock])
    if polls.over:
        steps.title(f"The recording is over after {polls.count} polls. How the forecasts turned out:")
        steps.title(f"  python -m forecaster report --store {prepared.settings.objects_url}")


def _reachable(host: str) -> str:
    """The address a browser here opens: a service on every address is on the loopback too."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _served(app: FastAPI) -> int | None:
    """When the polls of the newest forecasts were observed (epoch seconds)."""
    forecasts: ForecastService = app.state.forecasts
    posted = forecasts.board.posted
    return None if posted is None else posted.info.observed_at
