"""The registry: immutable model versions in the object store, and the names that point at them.

models/versions/{id}/            the model's files, metrics.json, card.md and, written last, manifest.json
models/aliases/champion.json     which version serves, since when and why, and which ones served before
models/aliases/challenger.json   the newest version that was not promoted
models/model_version.json        a plain view of the champion, for people and other programs
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson

from forecaster.objects import (
    ObjectConflict,
    ObjectDamaged,
    ObjectNotFound,
    ObjectStore,
    change,
    read_object,
    replaceable,
)
from forecaster.registry.bundle import CARD, ID, METRICS, BadBundle, Bundle, Manifest, assemble

VERSIONS, ALIASES = "models/versions/", "models/aliases/"
VIEW = "models/model_version.json"
CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
NO_MODEL = "persistence"  # what the champion's name points at where no version is to serve
PREVIOUS_KEPT = 20  # champions before this one that a rollback can reach
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


class NoPreviousVersion(Exception):  # noqa: N818 - reads better where it is raised and caught
    """There is no version to roll back to."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that points at a version: since `at` (aware UTC), for `reason`; `previous` champions, newest first."""

    version: str
    at: datetime
    reason: str
    previous: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """As it lies in the store."""
        return orjson.dumps(asdict(self), option=_JSON)

    @classmethod
    def from_json(cls, data: bytes) -> Alias:
        """Read back what `to_json` wrote; raises `ValueError`, `KeyError`, `TypeError` on anything else."""
        raw = orjson.loads(data)
        versions = [raw["version"], *raw["previous"]]
        if not all(isinstance(version, str) and ID.fullmatch(version) for version in versions):
            raise ValueError("an alias holds version ids only")
        return cls(raw["version"], datetime.fromisoformat(raw["at"]), str(raw["reason"]), tuple(raw["previous"]))


class Registry:
    """Model versions in an object store; several processes may work on it at once.

    All methods raise the `ObjectError`s of the store. A damaged alias raises `ObjectDamaged` when it is read, and is
    set aside when it is written. Damaged scores and cards read as empty.

    >>> from forecaster.features import feature_hash
    >>> from forecaster.objects import open_objects
    >>> from forecaster.registry.bundle import Bundle, Manifest
    >>> registry = Registry(open_objects(tmp_path / "objects"))
    >>> made = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> manifest = Manifest("2026-11-02-a", made, "xgboost", (10, 60), feature_hash())
    >>> version = registry.upload(Bundle(manifest, {"model.json": b"{}"}))
    >>> registry.promote(version, reason="the first model").version
    '2026-11-02-a'
    >>> registry.load("champion").files["model.json"]
    b'{}'
    """

    def __init__(self, objects: ObjectStore, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.objects = objects
        self._now = now

    def upload(self, bundle: Bundle) -> str:
        """Keep a version and return its id. It is visible once it is whole, and never changes.

        Uploading the same again changes nothing; `ObjectConflict` when the id is taken by another.
        """
        sealed = bundle.sealed()
        place = f"{VERSIONS}{sealed.manifest.id}/"
        for name, data in sealed.content().items():
            self._keep(place + name, data)
        self._keep(place + "manifest.json", sealed.manifest.to_json())
        return sealed.manifest.id

    def manifest(self, name: str) -> Manifest:
        """The manifest of a version or an alias; `ObjectNotFound` when there is none."""
        version = self.resolve(name)
        try:
            data = self.objects.get(f"{VERSIONS}{version}/manifest.json").data
        except (ObjectNotFound, ValueError) as error:
            raise ObjectNotFound(f"no model version {version!r}") from error
        return Manifest.from_json(data)

    def load(self, name: str, *, features: str | None = None) -> Bundle:
        """A version (or an alias's) with every hash checked; `ObjectNotFound`, or `BadBundle` when it cannot be used.

        `features` is the hash of the features that will be fed to it, by default those of this code.
        """
        manifest = self.manifest(name)
        wanted = features or _features_here()
        if manifest.feature_hash != wanted:
            raise BadBundle(f"version {manifest.id} is made for features {manifest.feature_hash}, not for {wanted}")
        content: dict[str, bytes] = {}
        for file in manifest.files:
            try:
                content[file] = self.objects.get(f"{VERSIONS}{manifest.id}/{file}").data
            except ObjectNotFound as error:
                raise BadBundle(f"version {manifest.id}: {file} is missing") from error
        return assemble(manifest, content)

    def metrics(self, version: str) -> dict[str, Any]:
        """The scores kept with a version; empty where there are none that can be read."""
        try:
            return read_object(self.objects, f"{VERSIONS}{version}/{METRICS}", _scores)
        except (ObjectDamaged, ObjectNotFound):
            return {}

    def card(self, version: str) -> str:
        """The card kept with a version, Markdown; empty where there is none."""
        try:
            return read_object(self.objects, f"{VERSIONS}{version}/{CARD}", bytes.decode)
        except (ObjectDamaged, ObjectNotFound):
            return ""

    def versions(self) -> list[Manifest]:
        """The manifests of all versions, newest first; versions whose manifest is unreadable are left out."""
        keys = [key for key in self.objects.list(VERSIONS) if key.endswith("/manifest.json")]
        manifests = []
        for key in keys:
            try:
                manifests.append(Manifest.from_json(self.objects.get(key).data))
            except BadBundle:
                continue
        return sorted(manifests, key=lambda manifest: (manifest.created_at, manifest.id), reverse=True)

    def alias(self, name: Literal["champion", "challenger"]) -> Alias | None:
        """Where an alias points; None when it points nowhere yet. Raises `ObjectDamaged` when it cannot be read."""
        try:
            return read_object(self.objects, f"{ALIASES}{name}.json", Alias.from_json)
        except ObjectNotFound:
            return None

    def resolve(self, name: str) -> str:
        """The version that an alias points at (else `ObjectNotFound`); a name that is no alias is a version itself."""
        if name not in {CHAMPION, CHALLENGER}:
            return name
        alias = self.alias(CHAMPION if name == CHAMPION else CHALLENGER)
        if alias is None:
            raise ObjectNotFound(f"there is no {name} yet")
        return alias.version

    def promote(self, version: str, *, reason: str, against: str | None = None) -> Alias:
        """Make a version the champion. It is loaded first, so a broken one is refused (`ObjectNotFound`, `BadBundle`).

        `against` is the champion that it was compared with: `ObjectConflict` when that is not the champion any more.
        Promoting the champion changes nothing.
        """
        self.load(version)

        def edit(now: Alias | None) -> Alias | None:
            if against is not None and (now is None or now.version != against):
                raise ObjectConflict(f"the champion is no longer {against}: compare again")
            if now is not None and now.version == version:
                return None
            previous = () if now is None else (now.version, *now.previous)[:PREVIOUS_KEPT]
            return Alias(version, self._now(), reason, previous)

        return self._swap(CHAMPION, edit)

    def challenge(self, version: str, *, reason: str) -> Alias:
        """Name a version the challenger."""
        self.manifest(version)
        return self._swap(CHALLENGER, lambda _: Alias(version, self._now(), reason))

    def rollback(self, reason: str, *, away_from: str | None = None) -> Alias:
        """Make the champion before this one champion again; `NoPreviousVersion` when there is none.

        `away_from` is the champion that is to go: when it is not champion any more nothing happens.
        """

        def edit(now: Alias | None) -> Alias | None:
            if now is not None and away_from is not None and now.version != away_from:
                return None
            if now is None or not now.previous:
                raise NoPreviousVersion("there is no earlier champion to roll back to")
            if now.previous[0] != NO_MODEL:
                self.load(now.previous[0])
            return Alias(now.previous[0], self._now(), reason, now.previous[1:])

        return self._swap(CHAMPION, edit)

    def retire(self, reason: str, *, away_from: str | None = None) -> Alias:
        """Let no version serve (`NO_MODEL`) until another is promoted; `away_from` as in `rollback`.

        `NoPreviousVersion` when there has never been a champion.
        """

        def edit(now: Alias | None) -> Alias | None:
            if now is None:
                raise NoPreviousVersion("there is no champion to retire")
            if now.version == NO_MODEL or (away_from is not None and now.version != away_from):
                return None
            return Alias(NO_MODEL, self._now(), reason, (now.version, *now.previous)[:PREVIOUS_KEPT])

        return self._swap(CHAMPION, edit)

    def _swap(self, name: Literal["champion", "challenger"], edit: Callable[[Alias | None], Alias | None]) -> Alias:
        """Replace an alias, only if nobody else did meanwhile; where it points then."""
        key = f"{ALIASES}{name}.json"
        current: list[Alias] = []

        def change_bytes(data: bytes | None) -> bytes | None:
            now = replaceable(self.objects, key, data, Alias.from_json)
            then = edit(now)
            current[:] = [alias for alias in (then or now,) if alias is not None]
            return then.to_json() if then else None

        if change(self.objects, key, change_bytes) and name == CHAMPION:
            self._show()
        return current[0]

    def _show(self) -> None:
        """Write the plain view. Whoever writes last looks again, so that it ends up telling the champion."""
        shown = None
        while (now := self.alias(CHAMPION)) is not None and now != shown:
            view = {"version": now.version, "since": now.at, "reason": now.reason, "previous": now.previous[:1]}
            if now.version != NO_MODEL:
                manifest = self.manifest(now.version)
                view |= {"engine": manifest.engine, "horizons": manifest.horizons, "created_at": manifest.created_at}
            self.objects.put(VIEW, orjson.dumps(view, option=_JSON))
            shown = now

    def _keep(self, key: str, data: bytes) -> None:
        try:
            self.objects.put(key, data, if_absent=True)
        except ObjectConflict:
            if self.objects.get(key).data != data:
                raise


def _scores(data: bytes) -> dict[str, Any]:
    scores = orjson.loads(data)
    if not isinstance(scores, dict):
        raise TypeError("scores are a JSON object")
    return scores


def _features_here() -> str:
    # The features bring scipy and the holidays along, a second that listing and rolling back need not wait for.
    from forecaster.features import feature_hash  # noqa: PLC0415

    return feature_hash()
