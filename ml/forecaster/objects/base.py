"""What every object store can do, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from forecaster.objects.damage_log import DamageLog


class ObjectError(Exception):
    """An object store did not do what was asked; the message is one line and names the key or the store."""


class ObjectNotFound(ObjectError):  # noqa: N818 - reads better where it is raised and caught
    """There is no object under that key."""


class ObjectConflict(ObjectError):  # noqa: N818 - reads better where it is raised and caught
    """A conditional write lost: the object is there already, or is no longer the one that was read."""


class StoreUnavailable(ObjectError):  # noqa: N818 - reads better where it is raised and caught
    """The store cannot be reached, refuses the credentials, is full or does not exist."""


class ObjectDamaged(ObjectError):  # noqa: N818 - reads better where it is raised and caught
    """The object is there, but its bytes are not what its owner wrote."""


class BadStoreAddress(ObjectError, ValueError):  # noqa: N818 - reads better where it is raised and caught
    """The address names no kind of object store that there is."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An object's bytes and its etag, which changes with every change of the bytes."""

    data: bytes
    etag: str


class ObjectStore(Protocol):
    """Bytes under keys (`a/b/c.json`, no leading slash). Every write is atomic: readers see the old or the new whole.

    All methods raise `StoreUnavailable` when the store is, and `ValueError` on a malformed key.

    >>> from forecaster.objects import ObjectConflict, open_objects
    >>> objects = open_objects(tmp_path / "store")
    >>> etag = objects.put("models/aliases/champion.json", b"{}", if_absent=True)
    >>> objects.get("models/aliases/champion.json").data
    b'{}'
    >>> try:
    ...     objects.put("models/aliases/champion.json", b"[]", if_match="the etag of another read")
    ... except ObjectConflict:
    ...     print("changed by another writer")
    changed by another writer
    >>> objects.list("models/")
    ['models/aliases/champion.json']
    """

    @property
    def damage(self) -> DamageLog:
        """Which objects of this store could not be read."""
        ...

    def get(self, key: str) -> Blob:
        """The object under `key`; `ObjectNotFound` when there is none."""
        ...

    def put(self, key: str, data: bytes, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """Write the object and return its etag.

        With `if_absent` only when there is none yet, with `if_match` only when its etag is still that one; otherwise
        `ObjectConflict`, and nothing is written. The conditions hold across threads, processes and machines.
        """
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Write a file's bytes as the object, without holding them in memory."""
        ...

    def fetch_file(self, key: str, path: Path) -> None:
        """Write the object's bytes into a file, without holding them in memory; `ObjectNotFound` when there is none."""
        ...

    def list(self, prefix: str = "") -> list[str]:
        """All keys that start with `prefix`, sorted."""
        ...

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when there is none."""
        ...


def check_key(key: str) -> str:
    """`key` itself when it is a relative path without empty, hidden or climbing parts, else `ValueError`."""
    segments = key.split("/")
    if any(not segment or segment.startswith(".") or "\\" in segment or "\0" in segment for segment in segments):
        raise ValueError(f"not an object key: {key!r}")
    return key
