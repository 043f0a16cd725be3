"""The registry: versions never change, aliases move under a condition, nothing broken is loaded."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from forecaster.features import feature_hash
from forecaster.objects import ObjectConflict, ObjectDamaged, ObjectNotFound, ObjectStore, open_objects
from forecaster.registry.bundle import BadBundle, Bundle, DataWindow, Manifest, version_id
from forecaster.registry.registry import NO_MODEL, NoPreviousVersion, Registry

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)


def bundle(number: int = 0, **manifest: object) -> Bundle:
    """A version made `number` minutes past a quarter past ten."""
    at = NOW + timedelta(minutes=number)
    window = DataWindow("seoul", NOW - timedelta(days=21), NOW, 200, 1000)
    made = Manifest(version_id(at, "lightgbm"), at, "lightgbm", (10, 60), feature_hash(), window, "better by 3 %")
    return Bundle(replace(made, **manifest), {"trees.txt": b"tree %d" % number}, {"10": {"crps": 0.15}}, "# A card")  # type: ignore[arg-type]


@pytest.fixture
def registry(objects: ObjectStore) -> Registry:
    """An empty registry, on either kind of store."""
    return Registry(objects, now=lambda: NOW)


@pytest.fixture
def local(tmp_path: Path) -> Registry:
    """An empty registry in a folder."""
    return Registry(open_objects(tmp_path / "store"), now=lambda: NOW)


class TestVersions:
    def test_come_back_as_they_went(self, registry: Registry) -> None:
        version = registry.upload(bundle())
        assert version == "20261120T101500Z-lightgbm"
        back = registry.load(version)
        assert back == bundle().sealed()
        assert back.manifest.data == bundle().manifest.data
        assert registry.objects.exists(f"models/versions/{version}/metrics.json")

    def test_newest_first(self, registry: Registry) -> None:
        ids = [registry.upload(bundle(number)) for number in (1, 3, 2)]
        assert [one.id for one in registry.versions()] == [ids[1], ids[2], ids[0]]

    def test_uploading_again_changes_nothing_and_another_conflicts(self, registry: Registry) -> None:
        registry.upload(bundle())
        registry.upload(bundle())
        with pytest.raises(ObjectConflict):
            registry.upload(replace(bundle(), files={"trees.txt": b"other"}))
        assert registry.load("20261120T101500Z-lightgbm").files == {"trees.txt": b"tree 0"}

    def test_half_an_upload_is_no_version(self, local: Registry) -> None:
        local.objects.put("models/versions/20261120T101500Z-lightgbm/trees.txt", b"tree 0")
        assert local.versions() == []
        with pytest.raises(ObjectNotFound, match="no model version"):
            local.load("20261120T101500Z-lightgbm")
        assert local.load(local.upload(bundle()))

    @pytest.mark.parametrize("name", ["nothing", "../aliases", "", "champion", "challenger"])
    def test_unknown_ones(self, local: Registry, name: str) -> None:
        with pytest.raises(ObjectNotFound, match="no "):
            local.load(name)


class TestBrokenOnes:
    def test_a_changed_file(self, registry: Registry) -> None:
        version = registry.upload(bundle())
        registry.objects.put(f"models/versions/{version}/trees.txt", b"tampered")
        with pytest.raises(BadBundle, match=r"trees\.txt is not what was kept"):
            registry.load(version)

    def test_a_missing_file(self, local: Registry) -> None:
        version = local.upload(bundle())
        local.objects.delete(f"models/versions/{version}/trees.txt")
        with pytest.raises(BadBundle, match=r"trees\.txt is missing"):
            local.load(version)

    def test_other_features(self, local: Registry) -> None:
        version = local.upload(bundle(feature_hash="older"))
        with pytest.raises(BadBundle, match="made for features older"):
            local.load(version)
        assert local.load(version, features="older")

    @pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"id": "a", "data": null}', b"null"])
    def test_an_unreadable_manifest(self, local: Registry, data: bytes) -> None:
        local.objects.put("models/versions/bad/manifest.json", data)
        with pytest.raises(BadBundle, match="unreadable manifest"):
            local.load("bad")
        assert local.versions() == []

    @pytest.mark.parametrize("name", ["model.pkl", "../trees.txt", "manifest.json", "a/b.txt"])
    def test_only_native_files_are_kept(self, local: Registry, name: str) -> None:
        with pytest.raises(ValueError, match="not a model file"):
            local.upload(replace(bundle(), files={name: b""}))

    def test_a_broken_one_is_not_promoted(self, local: Registry) -> None:
        version = local.upload(bundle())
        local.objects.delete(f"models/versions/{version}/trees.txt")
        with pytest.raises(BadBundle):
            local.promote(version, reason="why not")
        assert local.alias("champion") is None


class TestAliases:
    def test_promoted_and_rolled_back(self, registry: Registry) -> None:
        first, second = registry.upload(bundle(0)), registry.upload(bundle(1))
        assert registry.alias("champion") is None
        registry.promote(first, reason="the first")
        champion = registry.promote(second, reason="better")
        assert (champion.version, champion.reason, champion.previous) == (second, "better", (first,))
        assert registry.alias("champion") == champion
        assert registry.load("champion").manifest.id == second
        back = registry.rollback("worse than the last value")
        assert (back.version, back.previous) == (first, ())
        with pytest.raises(NoPreviousVersion):
            registry.rollback("again")

    def test_a_plain_view_of_the_champion(self, local: Registry) -> None:
        version = local.upload(bundle())
        local.promote(version, reason="the first")
        view = orjson.loads(local.objects.get("models/model_version.json").data)
        assert view["version"] == version
        assert view["since"] == "2026-11-20T10:15:00Z"
        assert view["horizons"] == [10, 60]

    def test_promoting_the_champion_changes_nothing(self, local: Registry) -> None:
        version = local.upload(bundle())
        first = local.promote(version, reason="the first")
        assert local.promote(version, reason="again") == first

    def test_only_against_the_champion_it_met(self, local: Registry) -> None:
        first, second, third = (local.upload(bundle(number)) for number in range(3))
        local.promote(first, reason="the first")
        local.promote(second, reason="better", against=first)
        with pytest.raises(ObjectConflict, match="compare again"):
            local.promote(third, reason="better", against=first)
        assert local.resolve("champion") == second

    def test_a_rollback_told_twice_happens_once(self, local: Registry) -> None:
        ids = [local.upload(bundle(number)) for number in range(3)]
        for version in ids:
            local.promote(version, reason="newer")
        for _ in range(2):
            assert local.rollback("loses", away_from=ids[2]).version == ids[1]

    def test_the_challenger_stands_beside(self, local: Registry) -> None:
        first, second = local.upload(bundle(0)), local.upload(bundle(1))
        local.promote(first, reason="the first")
        local.challenge(second, reason="not better")
        assert local.resolve("challenger") == second
        assert local.resolve("champion") == first

    def test_many_at_once_leave_one_trail(self, local: Registry) -> None:
        ids = [local.upload(bundle(number)) for number in range(6)]
        racers = [threading.Thread(target=local.promote, args=(one,), kwargs={"reason": "race"}) for one in ids]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        champion = local.alias("champion")
        assert champion is not None
        assert sorted((champion.version, *champion.previous)) == sorted(ids)
        assert orjson.loads(local.objects.get("models/model_version.json").data)["version"] == champion.version


class TestRetiring:
    def test_lets_no_version_serve_and_goes_back(self, registry: Registry) -> None:
        version = registry.upload(bundle())
        registry.promote(version, reason="the first")
        retired = registry.retire("it lost")
        assert (retired.version, retired.reason, retired.previous) == (NO_MODEL, "it lost", (version,))
        assert orjson.loads(registry.objects.get("models/model_version.json").data)["version"] == NO_MODEL
        with pytest.raises(ObjectNotFound):
            registry.load("champion")
        assert registry.rollback("it was the weather").version == version

    def test_can_itself_be_gone_back_to(self, local: Registry) -> None:
        first, second = local.upload(bundle(0)), local.upload(bundle(1))
        local.promote(first, reason="the first")
        local.retire("it lost")
        local.promote(second, reason="better than the last value", against=NO_MODEL)
        assert local.rollback("it lost too").version == NO_MODEL

    def test_only_the_one_that_is_meant_and_only_once(self, local: Registry) -> None:
        with pytest.raises(NoPreviousVersion):
            local.retire("there is none")
        first, second = local.upload(bundle(0)), local.upload(bundle(1))
        local.promote(first, reason="the first")
        local.promote(second, reason="better")
        assert local.retire("it lost", away_from=first).version == second
        assert local.retire("it lost") == local.retire("again")


class TestWhatLiesBeside:
    def test_scores_and_card(self, local: Registry) -> None:
        version = local.upload(bundle())
        assert local.metrics(version) == {"10": {"crps": 0.15}}
        assert local.card(version) == "# A card"
        assert (local.metrics("nothing"), local.card("nothing")) == ({}, "")


class TestDamaged:
    @pytest.mark.parametrize(
        "data", [b"", b"{", b"\xff", b"[]", b"null", b'{"version": 5}', b'{"version": "a", "at": "x", "reason": ""}']
    )
    def test_an_alias_is_one_error_until_a_version_is_promoted(self, registry: Registry, data: bytes) -> None:
        version = registry.upload(bundle())
        registry.objects.put("models/aliases/champion.json", data)
        with pytest.raises(ObjectDamaged, match=r"models/aliases/champion\.json"):
            registry.load("champion")
        registry.promote(version, reason="by hand")
        assert registry.resolve("champion") == version
        assert len(registry.objects.list("damaged/")) == (1 if data else 0)
        assert len(registry.objects.damage) == 0

    def test_rolling_back_from_a_damaged_alias_is_refused(self, registry: Registry) -> None:
        registry.objects.put("models/aliases/champion.json", b"{")
        with pytest.raises(NoPreviousVersion):
            registry.rollback("why not")

    @pytest.mark.parametrize("data", [b"{", b"[]", b"\xff"])
    def test_scores_and_cards_read_as_empty(self, registry: Registry, data: bytes) -> None:
        version = registry.upload(bundle())
        registry.objects.put(f"models/versions/{version}/metrics.json", data)
        registry.objects.put(f"models/versions/{version}/card.md", b"\xff")
        assert registry.metrics(version) == {}
        assert registry.card(version) == ""
        assert len(registry.objects.damage) == 2
