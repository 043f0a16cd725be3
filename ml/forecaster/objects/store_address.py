"""From an address to an object store."""

from __future__ import annotations

import os
from pathlib import Path

from forecaster.objects.base import BadStoreAddress, ObjectStore
from forecaster.objects.folder import FolderObjects


def open_objects(url: str | Path, *, endpoint_url: str | None = None) -> ObjectStore:
    """Open `s3://bucket/prefix` or a local folder (made when first written to).

    `endpoint_url` (else the environment's `S3_ENDPOINT_URL`) names an S3 server other than AWS. Credentials and region
    come from the environment the way boto3 reads them. Opening touches no network. Raises `BadStoreAddress`.
    """
    text = str(url)
    if not text.startswith("s3://"):
        if "://" in text:
            raise BadStoreAddress(f"unknown kind of object store: {text!r} (give a folder or s3://bucket/prefix)")
        return FolderObjects(Path(text))
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    if not bucket:
        raise BadStoreAddress(f"no bucket in {text!r}")
    # boto3 takes a quarter of a second to import: only those who need it wait for it.
    from forecaster.objects.s3 import S3Objects, s3_client  # noqa: PLC0415

    endpoint = endpoint_url or os.environ.get("S3_ENDPOINT_URL") or None
    try:
        client = s3_client(endpoint)
    except ValueError:  # botocore's word for an endpoint that is no URL
        raise BadStoreAddress(f"S3_ENDPOINT_URL: {endpoint!r} is not an http:// or https:// address") from None
    return S3Objects(client, bucket, prefix)
