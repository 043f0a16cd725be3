"""`python -m pedalcast run`: every part on this machine, in order, and stopped in the opposite one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI
from pydantic import SecretStr

from collector.clock import Clock
from collector.store import SnapshotStore
from forecaster.history import History
from forecaster.objects import ObjectError, Objects, open_objects
from pedalcast.app import create_app
from pedalcast.embedded.errors import RunError
from pedalcast.embedded.home import Home
from pedalcast.embedded.options import RunOptions
from pedalcast.embedded.polls import Polls
from pedalcast.embedded.redis import embedded_redis
from pedalcast.embedded.replay import ReplaySource
from pedalcast.embedded.sources import CitySource, LiveSource, Source, Stores
from pedalcast.embedded.steps import Steps
from pedalcast.embedded.training import FirstModel, is_wanted
from pedalcast.kit import redis
from pedalcast.kit.server import Server, listen
from pedalcast.services import Services
from pedalcast.settings import Settings


@dataclass(frozen=True, slots=True)
class Ready:
    """All there is before the service itself starts. `settings` are those of this system."""

    settings: Settings
    source: Source
    store: SnapshotStore
    objects: Objects
    clock: Clock


def run(settings: Settings, options: RunOptions, steps: Steps) -> None:
    """Run until told to stop. What cannot start says why in one line (`RunError` and its like), and says it early."""
    with ExitStack() as stack:
        sock = stack.enter_context(listen(settings.host, settings.port))
        ready = stack.enter_context(_prepared(settings, options, steps))
        app = create_app(ready.settings, clock=ready.clock)
        server = Server(app)
        polls = Polls(ready.source, ready.store, ready.clock, lambda: _served(app))
        if options.train and is_wanted(ready.objects, settings.first_model_after):
            first = FirstModel(app.state.services, lambda: server.started, steps)
            stack.enter_context(first.followed())
            polls.after = first.settled if ready.source.trains_first else None
        stack.enter_context(polls.running(when_over=server.release if options.until_end else None))
        host, port = sock.getsockname()[:2]
        steps.title(f"Pedalcast is at http://{host}:{port} (its API: /docs). Ctrl-C stops it.")
        server.run(sockets=[sock])
    if polls.over:
        steps.title(f"The recording is over after {polls.count} polls. How the forecasts turned out:")
        steps.title(f"  python -m forecaster report --store {ready.settings.objects_url}")


@contextmanager
def _prepared(settings: Settings, options: RunOptions, steps: Steps) -> Iterator[Ready]:
    source = open_source(settings, options, steps)
    home = Home(settings.data_dir / source.system_id)
    with ExitStack() as stack:
        stack.enter_context(home.occupied())
        if source.afresh:
            home.empty()
        url = stack.enter_context(_redis(settings, home, steps))
        token = _admin_token(settings, home, steps)
        own: dict[str, object] = {"redis_url": SecretStr(url), "data_dir": home.folder, "admin_token": token}
        if not options.train or source.trains_first:
            own["retrain_every"] = timedelta(0)  # a replay is judged by the model it began with
        settings = settings.model_copy(update=own)
        objects = _objects(settings, steps)
        store = SnapshotStore(redis.connect(url))
        source.prepare(Stores(home, History(objects), store), steps)
        yield Ready(settings, source, store, objects, source.clock())


def open_source(settings: Settings, options: RunOptions, steps: Steps) -> Source:
    """The source that the settings name. Raises `RunError` when it cannot be used."""
    name = settings.feed_name
    if name == "simulated":
        return CitySource(options)
    if name == "replay":
        return ReplaySource(options, steps)
    if options.speed != 1:
        raise RunError(f"a real feed cannot be hurried: --speed is for simulated and replay, not {name}")
    return LiveSource(settings, steps)


@contextmanager
def _redis(settings: Settings, home: Home, steps: Steps) -> Iterator[str]:
    """The Redis that is named, or one of the run's own."""
    if settings.redis_url is None:
        with embedded_redis(home.redis) as url:
            steps.done(f"Redis of its own ({redis.printable(url)})")
            yield url
        return
    url = settings.redis_url.get_secret_value()
    client = redis.connect(url)
    redis.check(client, url)
    client.close()
    steps.done(f"Redis at {redis.printable(url)}")
    yield url


def _admin_token(settings: Settings, home: Home, steps: Steps) -> SecretStr:
    if settings.admin_token is not None:
        return settings.admin_token
    token, new = home.admin_token()
    if new:
        steps.done(f"Admin token, shown this once and kept in {home.folder / 'admin-token'}: {token}")
    return SecretStr(token)


def _objects(settings: Settings, steps: Steps) -> Objects:
    """The object store, known to answer."""
    objects = open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url)
    try:
        objects.exists("models/model_version.json")
    except ObjectError as error:
        raise RunError(f"the object store {settings.objects_url} cannot be used: {error}") from None
    steps.done(f"Object store {settings.objects_url}")
    return objects


def _served(app: FastAPI) -> int | None:
    """When the polls of the newest forecasts were observed (epoch seconds)."""
    services: Services = app.state.services
    posted = services.forecasts.board.posted
    return None if posted is None else posted.info.observed_at
