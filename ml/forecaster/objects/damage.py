"""Reads objects that may be damaged: one error for all of them, and a way to replace them without loss."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import TypeVar

from forecaster.objects.base import ObjectConflict, ObjectDamaged, ObjectStore

_PANIC = "PanicException"  # of readers in Rust, no `Exception`; by name, for importing polars takes a second
SET_ASIDE = "damaged/"  # copies of damaged objects that were replaced

T = TypeVar("T")
_log = logging.getLogger(__name__)


def read_object(objects: ObjectStore, key: str, decode: Callable[[bytes], T]) -> T:
    """The object under `key` as `decode` reads it. Raises `ObjectNotFound`, or `ObjectDamaged` when `decode` fails."""
    return decode_object(objects, key, objects.get(key).data, decode)


def decode_object(objects: ObjectStore, key: str, data: bytes, decode: Callable[[bytes], T]) -> T:
    """The bytes of an object as `decode` reads them. Raises `ObjectDamaged` when it fails, whatever it raises."""
    try:
        value = decode(data)
    except BaseException as error:  # decoders are given these bytes alone: what they raise is about them
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        objects.damage.add(key, reason)
        raise ObjectDamaged(f"{key}: cannot be read ({reason})") from error
    objects.damage.clear(key)
    return value


def replaceable(objects: ObjectStore, key: str, data: bytes | None, decode: Callable[[bytes], T]) -> T | None:
    """What an object to be replaced holds; None when there is none, or when it is damaged.

    A damaged one is copied below `SET_ASIDE` first, so that replacing it loses nothing.
    """
    if not data:
        return None
    try:
        return decode_object(objects, key, data, decode)
    except ObjectDamaged:
        _set_aside(objects, key, data)
        return None


def _set_aside(objects: ObjectStore, key: str, data: bytes) -> None:
    copy = f"{SET_ASIDE}{hashlib.sha256(data).hexdigest()[:12]}/{key}"
    try:
        objects.put(copy, data, if_absent=True)
    except ObjectConflict:
        return  # set aside before
    _log.warning("damaged object set aside: %s (copy: %s)", key, copy)
