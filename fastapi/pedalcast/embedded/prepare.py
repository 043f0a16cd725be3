"""What a run needs before it serves: the feed, Redis, the object store, the past; in order, and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from collector.clocks import Clock
from collector.storage.snapshot_store import SnapshotStore
from forecaster.history import History
from forecaster.objects import ObjectError, ObjectStore, open_objects
from pedalcast.embedded.data_folder import DataFolder
from pedalcast.embedded.errors import RunError
from pedalcast.embedded.local_redis.redis_process import LocalRedis, local_redis
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.sources.base import LiveSource, PollSource, RunStores, SimulatedSource
from pedalcast.embedded.sources.replay_source import ReplaySource
from pedalcast.embedded.steps import Steps
from pedalcast.kit import redis_connection
from pedalcast.settings import Settings


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """All there is before the service itself starts. `settings` are those of this system."""

    settings: Settings
    source: PollSource
    store: SnapshotStore
    objects: ObjectStore
    clock: Clock
    redis: LocalRedis


@contextmanager
def prepared(settings: Settings, options: RunOptions, steps: Steps) -> Iterator[PreparedRun]:
    """Have everything ready while the block runs. Raises `RunError` and its like, each one line that says why."""
    source = open_source(settings, options, steps)
    home = DataFolder(settings.data_dir / source.system_id)
    with ExitStack() as stack:
        stack.enter_context(home.occupied())
        if source.afresh:
            home.empty()
        server = stack.enter_context(_redis(settings, home, steps))
        token = _admin_token(settings, home, steps)
        overrides: dict[str, object] = {
            "redis_url": SecretStr(server.url),
            "data_dir": home.folder,
            "admin_token": token,
        }
        if not options.train or source.trains_first:
            overrides["retrain_every"] = timedelta(0)  # a replay is judged by the model it began with
        settings = settings.model_copy(update=overrides)
        objects = _objects(settings, steps)
        store = SnapshotStore(redis_connection.connect(server.url))
        source.prepare(RunStores(home, History(objects), store), steps)
        yield PreparedRun(settings, source, store, objects, source.clock(), server)


def open_source(settings: Settings, options: RunOptions, steps: Steps) -> PollSource:
    """The source that the settings name. Raises `RunError` when it cannot be used."""
    name = settings.feed_name
    if name == "simulated":
        return SimulatedSource(options)
    if name == "replay":
        return ReplaySource(options, steps)
    if options.speed != 1:
        raise RunError(f"a real feed cannot be hurried: --speed is for simulated and replay, not {name}")
    return LiveSource(settings, steps)


@contextmanager
def _redis(settings: Settings, home: DataFolder, steps: Steps) -> Iterator[LocalRedis]:
    """The Redis that is named, or one of the run's own."""
    if settings.redis_url is None:
        with local_redis(home.redis) as server:
            steps.done(f"Redis of its own: {server.description} ({redis_connection.printable(server.url)})")
            yield server
        return
    url = settings.redis_url.get_secret_value()
    steps.done(f"Redis at {redis_connection.printable(url)}")
    yield LocalRedis(url, "a server that was given")


def _admin_token(settings: Settings, home: DataFolder, steps: Steps) -> SecretStr:
    if settings.admin_token is not None:
        return settings.admin_token
    token, new = home.admin_token()
    if new:
        steps.done(f"Admin token, shown this once and kept in {home.folder / 'admin-token'}: {token}")
    return SecretStr(token)


def _objects(settings: Settings, steps: Steps) -> ObjectStore:
    """The object store, known to answer."""
    objects = open_objects(settings.objects_url, endpoint_url=settings.s3_endpoint_url)
    try:
        objects.exists("models/model_version.json")
    except ObjectError as error:
        raise RunError(f"the object store {settings.objects_url} cannot be used: {error}") from None
    steps.done(f"Object store {settings.objects_url}")
    return objects
