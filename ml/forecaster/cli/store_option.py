"""Which object store a command works on."""

from __future__ import annotations

import os
from pathlib import Path

from forecaster.cli.console import CommandError
from forecaster.objects import ObjectStore, open_objects


def store_of(given: str | None) -> ObjectStore:
    """The store named by `--store`, else the service's own: S3_BUCKET and S3_PREFIX, else the one in DATA_DIR."""
    return open_objects(given or _from_environment())


def _from_environment() -> str:
    bucket = os.environ.get("S3_BUCKET")
    if bucket:
        return f"s3://{bucket}/{os.environ.get('S3_PREFIX', '')}".rstrip("/")
    data = Path(os.environ.get("DATA_DIR") or ".data")
    stores = sorted(path for pattern in ("objects", "*/objects") for path in data.glob(pattern) if path.is_dir())
    if not stores:
        raise CommandError(f"there is no store in {data} yet: name one with --store (a folder or s3://bucket/prefix)")
    if len(stores) > 1:
        raise CommandError(f"several stores in {data}: choose one with --store ({', '.join(map(str, stores))})")
    return str(stores[0])
