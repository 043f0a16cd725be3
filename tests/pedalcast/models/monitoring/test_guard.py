"""The guard over a real registry, real scores and a real Redis."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
import redis
from prometheus_client import CollectorRegistry

from forecaster.drift import DriftReference
from forecaster.features import FEATURES
from forecaster.model import ForecastModel
from forecaster.objects import ObjectStore
from forecaster.registry.registry import NO_MODEL, Registry
from forecaster.verification.matured import append
from pedalcast.app import create_app
from pedalcast.forecasts.prediction.champion import load_model
from pedalcast.forecasts.prediction.models import PersistenceModel
from pedalcast.models.metrics import ModelMetrics
from pedalcast.models.monitoring.drift_counts import DriftCountRepository
from pedalcast.models.monitoring.guard import ChampionGuard, GuardRules
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.pedalcast.models.conftest import END, Keep
from tests.pedalcast.models.rows import day_of
from tests.stopped_clock import StoppedClock

RULES = GuardRules(window=timedelta(hours=24), least=5000)


class Watched:
    """A guard and what it has told."""

    def __init__(self, registry: Registry, client: redis.Redis) -> None:
        self.metrics = CollectorRegistry()
        self.told = []
        self.model = PersistenceModel()
        self.clock = StoppedClock(END)
        self.guard = ChampionGuard(
            registry=registry,
            inputs=DriftCountRepository(client),
            current=lambda: self.model,
            clock=self.clock,
            instruments=ModelMetrics(self.metrics),
            rules=RULES,
            rolled=self.told.append,
        )

    def sample(self, name: str, **labels: str) -> float | None:
        return self.metrics.get_sample_value(name, labels)


@pytest.fixture
def watched(registry: Registry, redis_client: redis.Redis) -> Watched:
    return Watched(registry, redis_client)


class TestLosing:
    def test_goes_back_to_the_champion_before_and_tells_why(
        self, watched: Watched, registry: Registry, objects: ObjectStore, keep: Keep
    ) -> None:
        keep("v1", promote=True)
        keep("v2", promote=True)
        append(objects, day_of("v2", END, error=1.5))
        watched.guard.look()
        now = registry.alias("champion")
        assert now.version == "v1"
        assert now.reason.startswith("v2 lost to persistence: CRPS +")
        assert [(news.version, news.before, news.rollback) for news in watched.told] == [("v1", "v2", True)]
        assert watched.sample("pedalcast_model_rollbacks_total", to="model") == 1
        assert watched.sample("pedalcast_model_loss_ratio") > 0
        watched.guard.look()  # which watches another one from now on
        assert watched.sample("pedalcast_model_loss_ratio") == 0
        assert watched.sample("pedalcast_model_live_score", horizon="10", score="rmse") is None

    def test_goes_to_persistence_where_there_is_none_before(
        self, watched: Watched, registry: Registry, objects: ObjectStore, keep: Keep
    ) -> None:
        keep("v1", promote=True)
        append(objects, day_of("v1", END, error=1.5))
        watched.guard.look()
        assert registry.alias("champion").version == NO_MODEL
        assert watched.told[0].version == NO_MODEL
        assert watched.sample("pedalcast_model_rollbacks_total", to="persistence") == 1
        assert watched.guard.look() is None

    def test_goes_to_persistence_where_the_one_before_is_broken(
        self, watched: Watched, registry: Registry, objects: ObjectStore, keep: Keep
    ) -> None:
        keep("v1", promote=True)
        keep("v2", promote=True)
        objects.put("models/versions/v1/trees.ubj", b"fallen to dust")
        append(objects, day_of("v2", END, error=1.5))
        watched.guard.look()
        assert registry.alias("champion").version == NO_MODEL


class TestStaying:
    @pytest.mark.parametrize(("model", "error", "hours"), [("v1", 0.8, 24), ("v1", 3, 3), ("v0", 3, 24)])
    def test_unless_this_model_has_surely_lost_for_long(  # noqa: PLR0917
        self,
        watched: Watched,
        registry: Registry,
        objects: ObjectStore,
        keep: Keep,
        model: str,
        error: float | int,
        hours: int,
    ) -> None:
        keep("v1", promote=True)
        append(objects, day_of(model, END, error=error, hours=hours))
        watched.guard.look()
        assert registry.alias("champion").version == "v1"
        assert watched.told == []

    def test_when_its_bad_day_is_long_past(
        self, watched: Watched, registry: Registry, objects: ObjectStore, keep: Keep
    ) -> None:
        keep("v1", promote=True)
        append(objects, day_of("v1", END - timedelta(days=2), error=3))
        append(objects, day_of("v1", END, error=0.8))
        assert watched.guard.look().lost is False

    def test_without_a_champion_nothing_happens(self, watched: Watched) -> None:
        assert watched.guard.look() is None


class TestFigures:
    def test_live_errors_stand_beside_the_promised_ones(
        self, watched: Watched, objects: ObjectStore, keep: Keep
    ) -> None:
        keep("v1", promote=True, metrics={"horizons": {"10": {"challenger": {"rmse": 0.5}}}})
        append(objects, day_of("v1", END, error=0.8))
        watched.guard.look()
        ratio = watched.sample("pedalcast_model_error_to_promise", horizon="10", score="rmse")
        assert ratio == pytest.approx((0.8 * 1.2) ** 0.5 / 0.5, rel=0.02)
        assert watched.sample("pedalcast_model_live_score", horizon="60", score="coverage80") == 0.8

    def test_drift_is_seen_in_what_the_model_eats(
        self, watched: Watched, registry: Registry, keep: Keep, trained: tuple[ForecastModel, DriftReference]
    ) -> None:
        keep("v1", promote=True)
        watched.model = model = load_model(registry, "v1")
        usual = np.repeat(np.nan, len(FEATURES)).astype(np.float32)[None]
        for hour in range(20):
            watched.guard.look()
            assert watched.sample("pedalcast_model_drifted_inputs") == 0, hour  # part of a day is no drift
            model._sampler.offer(int(watched.clock.now().timestamp()), np.repeat(usual, 50, axis=0))
            watched.guard.note()
            watched.clock.sleep(3600)
        watched.guard.look()
        assert watched.sample("pedalcast_model_drift_psi", feature="bikes") > 0.25
        assert watched.sample("pedalcast_model_drifted_inputs") > 10

    def test_inputs_of_a_day_add_up_over_replicas_and_are_forgotten_after_it(self, redis_client: redis.Redis) -> None:
        inputs = DriftCountRepository(redis_client)
        counts = np.ones_like(inputs.last_day("v1")[0])
        inputs.add("v1", END - timedelta(hours=30), counts)
        inputs.add("v1", END, counts)
        inputs.add("v1", END, counts)
        assert (inputs.last_day("v1")[0] == 2).all()
        inputs.forget("v1")
        assert not inputs.last_day("v1")[0].any()


class TestInTheService:
    def test_a_rollback_reaches_the_forecasts(  # noqa: PLR0917
        self,
        settings: Settings,
        serve: Serve,
        registry: Registry,
        objects: ObjectStore,
        keep: Keep,
        eventually: Callable[[Callable[[], bool]], None],
    ) -> None:
        """The whole way: scores in the store, the guard's turn, the alias, the news, another model in use."""
        keep("v1", promote=True)
        keep("v2", promote=True)
        append(objects, day_of("v2", END, error=1.5))
        app = create_app(settings.model_copy(update={"guard_every": timedelta(seconds=1)}), clock=StoppedClock(END))
        client = serve(app)
        eventually(lambda: app.state.forecasts.models.current.version == "v1")
        assert 'pedalcast_model_rollbacks_total{to="model"} 1.0' in client.get("/metrics").text
