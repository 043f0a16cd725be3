"""The object store: one small interface over a local folder and S3, both with conditional writes."""

from forecaster.objects.base import BadAddress, Blob, Conflict, NotFound, ObjectError, Objects, Unavailable
from forecaster.objects.change import change
from forecaster.objects.opening import open_objects

__all__ = [
    "BadAddress",
    "Blob",
    "Conflict",
    "NotFound",
    "ObjectError",
    "Objects",
    "Unavailable",
    "change",
    "open_objects",
]
