"""The champion loaded, tried and followed; whatever is wrong with it, the model in use stays."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from forecaster.features import feature_hash
from forecaster.model import ForecastModel
from forecaster.objects import ObjectNotFound, ObjectStore, open_objects
from forecaster.registry.bundle import BadBundle, Bundle, Manifest
from forecaster.registry.registry import Registry
from pedalcast.forecasts.prediction.champion import ChampionFollower, UnusableModelError, load_model
from pedalcast.forecasts.prediction.models import Model
from pedalcast.forecasts.service import ForecastService

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return open_objects(str(tmp_path))


@pytest.fixture
def registry(objects: ObjectStore) -> Registry:
    return Registry(objects)


def keep(registry: Registry, model: ForecastModel, name: str, **changed: bytes) -> str:
    """Keep the model as a version; `changed` replaces files before they are hashed."""
    files = {**model.save(), **{key.replace("__", "."): data for key, data in changed.items()}}
    manifest = Manifest(name, NOW, model.engine, model.horizons, feature_hash())
    return registry.upload(Bundle(manifest, files))


def follower(registry: Registry) -> tuple[ChampionFollower, ForecastService]:
    service = ForecastService()
    return ChampionFollower(registry, service), service


class TestLoading:
    def test_gives_a_model_that_forecasts(self, registry: Registry, trained: ForecastModel) -> None:
        keep(registry, trained, "v1")
        registry.promote("v1", reason="first")
        assert load_model(registry).version == "v1"

    def test_refuses_a_file_that_has_changed(
        self, registry: Registry, objects: ObjectStore, trained: ForecastModel
    ) -> None:
        keep(registry, trained, "v1")
        key = next(key for key in objects.list("models/versions/v1/") if key.endswith(".npz"))
        data = bytearray(objects.get(key).data)
        data[len(data) // 2] ^= 0xFF
        objects.put(key, bytes(data))
        with pytest.raises(BadBundle):
            load_model(registry, "v1")

    def test_refuses_a_model_that_was_broken_when_it_was_kept(self, registry: Registry, trained: ForecastModel) -> None:
        keep(registry, trained, "v1", tables__npz=b"not arrays at all")
        with pytest.raises(UnusableModelError, match="v1"):
            load_model(registry, "v1")

    def test_of_nothing_says_so(self, registry: Registry) -> None:
        with pytest.raises(ObjectNotFound):
            load_model(registry)


class TestFollowing:
    def test_swaps_in_each_new_champion(self, registry: Registry, trained: ForecastModel) -> None:
        follow, service = follower(registry)
        follow.look()
        assert service.models.current.version == "persistence"
        for name in ("v1", "v2"):
            keep(registry, trained, name)
            registry.promote(name, reason="better")
            follow.look()
            assert service.models.current.version == name

    def test_loads_it_once_when_clock_and_news_come_together(self, registry: Registry, trained: ForecastModel) -> None:
        service, swaps = ForecastService(), []
        service.when_swapped(lambda: swaps.append(service.models.current.version))
        keep(registry, trained, "v1")
        registry.promote("v1", reason="first")
        looking = [Thread(target=ChampionFollower(registry, service).look) for _ in range(4)]
        for thread in looking:
            thread.start()
        for thread in looking:
            thread.join()
        assert swaps == ["v1"]

    def test_stays_with_the_old_model_when_the_new_one_is_corrupt(
        self, registry: Registry, objects: ObjectStore, trained: ForecastModel
    ) -> None:
        follow, service = follower(registry)
        for name in ("v1", "v2"):
            keep(registry, trained, name)
        registry.promote("v1", reason="first")
        follow.look()
        registry.promote("v2", reason="better")
        objects.put("models/versions/v2/tables.npz", b"scrambled after it was promoted")
        follow.look()
        assert service.models.current.version == "v1"
        registry.rollback("v2 is broken")
        follow.look()
        assert service.models.current.version == "v1"

    def test_stays_with_the_old_model_when_the_store_is_away(self, trained: ForecastModel, tmp_path: Path) -> None:
        store = tmp_path / "objects"
        registry = Registry(open_objects(str(store)))
        follow, service = follower(registry)
        keep(registry, trained, "v1")
        registry.promote("v1", reason="first")
        follow.look()
        store.rename(tmp_path / "away")
        store.write_text("a file where the folder was")
        follow.look()
        assert service.models.current.version == "v1"

    def test_wakes_the_loop_at_a_swap(self, registry: Registry, trained: ForecastModel) -> None:
        follow, service = follower(registry)
        woken: list[Model] = []
        service.when_swapped(lambda: woken.append(service.models.current))
        keep(registry, trained, "v1")
        registry.promote("v1", reason="first")
        follow.look()
        follow.look()
        assert [model.version for model in woken] == ["v1"]
