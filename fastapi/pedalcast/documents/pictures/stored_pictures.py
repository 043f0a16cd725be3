"""The files and pictures of a document in the object store.

The pictures of a file lie beside it: they come with it, and they go with it.
"""

from __future__ import annotations

from pathlib import Path

from forecaster.objects import ObjectNotFound, ObjectStore
from pedalcast.documents.models import object_key


def store_pictures(objects: ObjectStore, document_id: str, file_key: str, folder: Path) -> None:
    """Store the pictures of a file, each in `folder` under the SHA-256 of its content."""
    for path in folder.iterdir():
        objects.put_file(_picture_key(document_id, file_key, path.name), path)


def read_picture(objects: ObjectStore, document_id: str, file_key: str, name: str) -> bytes | None:
    """A picture of a file, None where it has no such one. Raises `ObjectError`."""
    try:
        return objects.get(_picture_key(document_id, file_key, name)).data
    except ObjectNotFound:
        return None


def delete_stored_file(objects: ObjectStore, document_id: str, file_key: str) -> None:
    """Delete a file of a document with its pictures. Raises `ObjectError`."""
    objects.delete(object_key(document_id, file_key))
    for key in objects.list(_picture_key(document_id, file_key, "")):
        objects.delete(key)


def _picture_key(document_id: str, file_key: str, name: str) -> str:
    return f"{object_key(document_id, file_key)}-pictures/{name}"
