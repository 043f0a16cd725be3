"""The general model: what forecasts in a city that has no champion yet."""

from __future__ import annotations

from datetime import timedelta

import structlog

from forecaster.general.city_profile import CityProfile
from forecaster.general.general_bundle import packaged_bundle
from forecaster.general.general_trainer import GENERAL
from forecaster.history import History
from forecaster.model import ForecastModel
from forecaster.model.forecast_model import ModelError
from forecaster.objects import ObjectStore
from forecaster.registry.bundle import BadBundle
from pedalcast.forecasts.prediction.models import RegistryModel

LONGEST = timedelta(days=120)  # of history that a profile is made of

log = structlog.get_logger(__name__)


class GeneralModel(RegistryModel):
    """The packaged model with the profile of this city, once there is one."""

    def __init__(self, model: ForecastModel) -> None:
        super().__init__(GENERAL, model)
        self._city: CityProfile | None = None

    def refresh(self, objects: ObjectStore) -> bool:
        """Make the city's profile from its history again; whether there is enough of it.

        Raises the store's `ObjectError`s.
        """
        self._city = self._city or CityProfile(History(objects), longest=LONGEST)
        profile = self._city.read()
        if profile is None:
            return False
        self.model = self.model.with_profile(profile)
        return True


def load_general_model() -> GeneralModel | None:
    """The model that comes with the package; None, with a warning, when it cannot be used here."""
    try:
        return GeneralModel(ForecastModel.load(packaged_bundle().files))
    except (BadBundle, ModelError) as error:
        log.warning("general model unusable, persistence forecasts", reason=str(error))
        return None
