"""`python -m pedalcast run`, once everything is ready: the service, its polls, its first model."""

from __future__ import annotations

from contextlib import ExitStack
from socket import socket

from fastapi import FastAPI

from pedalcast.app import create_app
from pedalcast.embedded.first_model import FirstModel, is_wanted
from pedalcast.embedded.poll_driver import PollDriver
from pedalcast.embedded.prepare import PreparedRun
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.steps import Steps
from pedalcast.forecasts.service import ForecastService
from pedalcast.kit.web.http_server import HttpServer


def run(sock: socket, ready: PreparedRun, options: RunOptions, steps: Steps) -> None:
    """Serve on a listening socket, poll and train until told to stop, or until the recording is over."""
    with ExitStack() as stack:
        app = create_app(ready.settings, clock=ready.clock)
        server = HttpServer(app)
        polls = PollDriver(ready.source, ready.store, ready.clock, lambda: _served(app))
        if options.train and is_wanted(ready.objects, ready.settings.first_model_after):
            first = FirstModel(app.state.models.jobs, app.state.forecasts, lambda: server.started, steps)
            stack.enter_context(first.followed())
            polls.after = first.settled if ready.source.trains_first else None
        stack.enter_context(polls.running(when_over=server.release if options.until_end else None))
        host, port = sock.getsockname()[:2]
        steps.title(f"Pedalcast is at http://{host}:{port} (its API: /docs). Ctrl-C stops it.")
        server.run(sockets=[sock])
    if polls.over:
        steps.title(f"The recording is over after {polls.count} polls. How the forecasts turned out:")
        steps.title(f"  python -m forecaster report --store {ready.settings.objects_url}")


def _served(app: FastAPI) -> int | None:
    """When the polls of the newest forecasts were observed (epoch seconds)."""
    forecasts: ForecastService = app.state.forecasts
    posted = forecasts.board.posted
    return None if posted is None else posted.info.observed_at
