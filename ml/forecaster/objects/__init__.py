"""The object store: one small interface over a local folder and S3, both with conditional writes."""

from forecaster.objects.base import (
    BadStoreAddress,
    Blob,
    ObjectConflict,
    ObjectDamaged,
    ObjectError,
    ObjectNotFound,
    ObjectStore,
    StoreUnavailable,
)
from forecaster.objects.change import change
from forecaster.objects.damage import decode_object, read_object, replaceable
from forecaster.objects.damage_log import DamageLog
from forecaster.objects.store_address import open_objects

__all__ = [
    "BadStoreAddress",
    "Blob",
    "DamageLog",
    "ObjectConflict",
    "ObjectDamaged",
    "ObjectError",
    "ObjectNotFound",
    "ObjectStore",
    "StoreUnavailable",
    "change",
    "decode_object",
    "open_objects",
    "read_object",
    "replaceable",
]
