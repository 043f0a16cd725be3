"""A model version as it is kept: native files, a manifest that names them by hash, metrics, a card."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

MANIFEST, METRICS, CARD = "manifest.json", "metrics.json", "card.md"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
MODEL_SUFFIXES = (".txt", ".ubj", ".json", ".npz", ".md", ".bin")  # nothing that runs code when it is read
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
_JSON |= orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class BadBundle(Exception):  # noqa: N818 - reads better where it is raised and caught
    """A model version cannot be used: a file is missing or changed, or it is made for other features; one line."""


@dataclass(frozen=True, slots=True)
class DataWindow:
    """The history a model was trained on; times aware UTC."""

    system: str
    start: datetime
    end: datetime
    stations: int
    rows: int  # rows trained on


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is and what it was made from. `files` maps every file's name to its sha256; times aware UTC."""

    id: str
    created_at: datetime
    engine: str
    horizons: tuple[int, ...]  # minutes
    feature_hash: str
    data: DataWindow | None = None
    reason: str = ""  # why it was promoted, or was not
    libraries: dict[str, str] = field(default_factory=dict)
    git_commit: str | None = None
    files: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """As it lies in the store."""
        return orjson.dumps(asdict(self), option=_JSON)

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Read back what `to_json` wrote; `BadBundle` when it is something else."""
        try:
            raw = orjson.loads(data)
            window = raw.pop("data")
            raw["data"] = DataWindow(**_timed(window, "start", "end")) if window else None
            raw["horizons"] = tuple(raw["horizons"])
            return cls(**_timed(raw, "created_at"))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadBundle(f"unreadable manifest: {error}") from error


@dataclass(frozen=True, slots=True)
class Bundle:
    """A version whole: `files` are the model's own, by name."""

    manifest: Manifest
    files: dict[str, bytes]
    metrics: dict[str, Any] = field(default_factory=dict)
    card: str = ""

    def sealed(self) -> Bundle:
        """The same with every file's hash in the manifest. `ValueError` on a name or a kind that is not kept."""
        if not ID.fullmatch(self.manifest.id):
            raise ValueError(f"not a version id: {self.manifest.id!r}")
        for name in self.files:
            if not ID.fullmatch(name) or not name.endswith(MODEL_SUFFIXES) or name in {MANIFEST, METRICS, CARD}:
                raise ValueError(f"not a model file: {name!r} (native formats only: {', '.join(MODEL_SUFFIXES)})")
        hashes = {name: sha256(data) for name, data in self.content().items()}
        return replace(self, manifest=replace(self.manifest, files=hashes))

    def content(self) -> dict[str, bytes]:
        """Everything but the manifest, by file name."""
        metrics = orjson.dumps(self.metrics, option=_JSON)
        return {**self.files, METRICS: metrics, CARD: self.card.encode()}


def assemble(manifest: Manifest, content: dict[str, bytes]) -> Bundle:
    """A bundle from its manifest and the files read; `BadBundle` when one is missing or is not what was kept."""
    for name, expected_hash in manifest.files.items():
        if name not in content:
            raise BadBundle(f"version {manifest.id}: {name} is missing")
        if sha256(content[name]) != expected_hash:
            raise BadBundle(f"version {manifest.id}: {name} is not what was kept (its sha256 differs)")
    model_files = {
        name: data for name, data in content.items() if name in manifest.files and name not in {METRICS, CARD}
    }
    metrics = orjson.loads(content.get(METRICS, b"{}"))
    return Bundle(manifest, model_files, metrics, content.get(CARD, b"").decode())


def write_folder(bundle: Bundle, folder: Path) -> Path:
    """Write a bundle as files into `folder` (made when absent)."""
    sealed = bundle.sealed()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in sealed.content().items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(sealed.manifest.to_json())
    return folder


def read_folder(folder: Path) -> Bundle:
    """Read what `write_folder` wrote; `BadBundle` when it is not that."""
    if not (folder / MANIFEST).is_file():
        raise BadBundle(f"{folder}: no {MANIFEST} there, so this is no trained model")
    manifest = Manifest.from_json((folder / MANIFEST).read_bytes())
    names = [name for name in manifest.files if ID.fullmatch(name) and (folder / name).is_file()]
    return assemble(manifest, {name: (folder / name).read_bytes() for name in names})


def sha256(data: bytes) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def version_id(created_at: datetime, engine: str) -> str:
    """An id that sorts by time: `20261120T101500Z-lightgbm`."""
    return f"{created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{engine}"


def _timed(raw: dict[str, Any], *names: str) -> dict[str, Any]:
    return raw | {name: datetime.fromisoformat(raw[name]) for name in names}
