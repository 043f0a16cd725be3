"""The general model: what forecasts in a city that has no champion yet."""

from __future__ import annotations

import structlog

from forecaster.general.general_bundle import packaged_bundle
from forecaster.general.general_trainer import GENERAL
from forecaster.model import ForecastModel
from forecaster.model.forecast_model import ModelError
from forecaster.registry.bundle import BadBundle
from pedalcast.forecasts.prediction.models import RegistryModel

log = structlog.get_logger(__name__)


def load_general_model() -> RegistryModel | None:
    """The model that comes with the package; None, with a warning, when it cannot be used here."""
    try:
        return RegistryModel(GENERAL, ForecastModel.load(packaged_bundle().files))
    except (BadBundle, ModelError) as error:
        log.warning("general model unusable, persistence forecasts", reason=str(error))
        return None
