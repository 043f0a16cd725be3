"""`python -m pedalcast run`, once everything is ready: the service, its polls, its first model."""

from __future__ import annotations

from contextlib import ExitStack
from socket import socket

from fastapi import FastAPI
from prometheus_client import Gauge

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
        steps.title(f"Pedalcast is at http://{host}:{port} (its API: /docs). Ctrl-C stops it.")
        server.run(sockets=[sock])
    if polls.over:
        steps.title(f"The recording is over after {polls.count} polls. How the forecasts turned out:")
        steps.title(f"  python -m forecaster report --store {prepared.settings.objects_url}")


def _served(app: FastAPI) -> int | None:
    """When the polls of the newest forecasts were observed (epoch seconds)."""
    forecasts: ForecastService = app.state.forecasts
    posted = forecasts.board.posted
    return None if posted is None else posted.info.observed_at
