"""The object store: one small interface over a local folder and S3, both with conditional writes."""

from forecaster.objects.base import (
    BadStoreAddress,
    Blob,
    ObjectConflict,
    ObjectError,
    ObjectNotFound,
    ObjectStore,
    StoreUnavailable,
)
from forecaster.objects.change import change
from forecaster.objects.store_address import open_objects

__all__ = [
    "BadStoreAddress",
    "Blob",
    "ObjectConflict",
    "ObjectError",
    "ObjectNotFound",
    "ObjectStore",
    "StoreUnavailable",
    "change",
    "open_objects",
]
