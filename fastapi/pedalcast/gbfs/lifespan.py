"""The GBFS service, put together from the domains it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pedalcast.forecasts.service import ForecastService
from pedalcast.gbfs.service import GbfsService
from pedalcast.gbfs.system_files import ADDRESSED, FILES, PREFIX, Operator
from pedalcast.gbfs.versions import served_versions
from pedalcast.kit.context import AppContext
from pedalcast.kit.errors import NotFoundError
from pedalcast.models.service import ModelService
from pedalcast.settings import Settings
from pedalcast.stations.service import StationService


def build_gbfs_service(
    context: AppContext,
    settings: Settings,
    *,
    stations: StationService,
    forecasts: ForecastService,
    models: ModelService,
) -> GbfsService:
    """The service, its large files answered in front of the router while they are ready."""
    versions = served_versions(draft=settings.gbfs_draft)
    service = GbfsService(
        stations=stations,
        forecasts=forecasts,
        scores=_live_scores(models),
        clock=context.clock,
        operator=Operator(settings.gbfs_contact_email, settings.gbfs_opening_hours),
        served=versions,
    )
    for version in versions:
        for name in set(FILES) - set(ADDRESSED):
            path = f"{PREFIX}/{version.path}/{name}.json"
            context.fast_path.paths[path] = partial(service.cached, version.path, name)
    return service


def _live_scores(models: ModelService) -> Callable[[str, float], Mapping[str, Any]]:
    def live(version: str, hours: float) -> Mapping[str, Any]:
        try:
            scores = models.scores(version, hours).live
        except NotFoundError:  # removed from the registry since
            return {}
        return {str(minutes): _published_scores(scores_of_horizon) for minutes, scores_of_horizon in scores.items()}

    return live


def _published_scores(scores: Mapping[str, float | int | None]) -> dict[str, float | int]:
    return {name: value for name, value in scores.items() if value is not None}
