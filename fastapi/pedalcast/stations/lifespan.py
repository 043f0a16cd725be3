"""Stations as a running part of the service: shown as they are polled, archived as history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from collector.storage.snapshot_store import SnapshotStore
from forecaster.archiving.archiver import Archiver
from forecaster.history import History
from forecaster.history.past_reader import PastReader
from pedalcast.kit.context import AppContext
from pedalcast.settings import Settings
from pedalcast.stations.archive_worker import ArchiveWorker
from pedalcast.stations.endpoints import PATH
from pedalcast.stations.metrics import PollMetrics
from pedalcast.stations.recent_polls import RecentPolls
from pedalcast.stations.service import StationService
from pedalcast.stations.snapshot_follower import SnapshotFollower


def build_station_service(context: AppContext, settings: Settings) -> StationService:
    """The service, with nothing loaded yet."""
    return StationService(
        store=SnapshotStore(context.redis),
        history=PastReader(History(context.objects)),
        clock=context.clock,
        stale_after=settings.stale_after,
        recent=RecentPolls(timedelta(hours=settings.recent_hours)),
    )


@asynccontextmanager
async def start(context: AppContext, stations: StationService) -> AsyncIterator[None]:
    """Load what Redis has, answer from it, then follow the stream and archive it, until left.

    Polls that are not archived when it is left stay in the stream, for whoever archives next.
    """
    metrics = PollMetrics(stations, context.clock)
    context.metrics.register(metrics)
    follower = SnapshotFollower(stations, SnapshotStore(context.redis), context.events, metrics, context.forecasting)
    archiver = Archiver(SnapshotStore(context.redis), History(context.objects), clock=context.clock)
    archive_worker = ArchiveWorker(archiver, context.metrics, first=context.forecasting)
    await asyncio.to_thread(follower.load)
    context.readiness.add("stations", stations.problem, advisory=True)  # the counts themselves are good
    context.fast_path.paths[PATH] = stations.everything
    context.fast_path.items[PATH] = stations.one
    for part in (follower, archive_worker):
        context.workers.start(part.worker)
    try:
        yield
    finally:
        for part in (archive_worker, follower):
            await asyncio.to_thread(part.worker.stop)
