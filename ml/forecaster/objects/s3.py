"""Objects in S3, or in a server that speaks its protocol."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from forecaster.objects.base import Blob, ObjectConflict, ObjectError, ObjectNotFound, StoreUnavailable, check_key
from forecaster.objects.damage_log import DamageLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 3


def s3_client(endpoint_url: str | None) -> S3Client:
    """A client with short timeouts and bounded retries, for AWS or for the server at `endpoint_url`."""
    if endpoint_url:
        # Away from AWS nobody answers where boto3 looks for an instance's credentials; asking only costs time.
        os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        max_pool_connections=16,
        # Other servers than AWS do not all know the newer checksum headers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if endpoint_url else {},
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    # A session of its own: the shared one is not made for threads and keeps its first credentials.
    client: S3Client = boto3.Session().client("s3", endpoint_url=endpoint_url, region_name=region, config=config)
    return client


class S3Objects:
    """Keys live below `prefix` in `bucket`. Conditions are S3's own `If-None-Match` and `If-Match`."""

    def __init__(self, client: S3Client, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self.damage = DamageLog()
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    def __repr__(self) -> str:
        return f"S3Objects('s3://{self._bucket}/{self._prefix}')"

    def get(self, key: str) -> Blob:
        """See `ObjectStore.get`."""
        with self._errors_named(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._full(key))
            return Blob(answer["Body"].read(), answer["ETag"].strip('"'))

    def put(self, key: str, data: bytes, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """See `ObjectStore.put`."""
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if if_absent else {}
        if if_match is not None:
            condition["IfMatch"] = f'"{if_match}"'
        with self._errors_named(key, conditional=bool(condition)):
            try:
                answer = self._client.put_object(Bucket=self._bucket, Key=self._full(key), Body=data, **condition)
            except ClientError as error:
                return self._own_earlier_try(error, key, data)
            return answer["ETag"].strip('"')

    def put_file(self, key: str, path: Path) -> None:
        """See `ObjectStore.put_file`."""
        with self._errors_named(key):
            try:
                self._client.upload_file(str(path), self._bucket, self._full(key))
            except S3UploadFailedError as error:
                raise StoreUnavailable(f"object store s3://{self._bucket}: {_one_line(error)}") from error

    def fetch_file(self, key: str, path: Path) -> None:
        """See `ObjectStore.fetch_file`."""
        with self._errors_named(key):
            self._client.download_file(self._bucket, self._full(key), str(path))

    def list(self, prefix: str = "") -> list[str]:
        """See `ObjectStore.list`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with self._errors_named(prefix):
            return sorted(item["Key"].removeprefix(self._prefix) for page in pages for item in page.get("Contents", []))

    def exists(self, key: str) -> bool:
        """See `ObjectStore.exists`."""
        try:
            with self._errors_named(key):
                self._client.head_object(Bucket=self._bucket, Key=self._full(key))
        except ObjectNotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        with self._errors_named(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._full(key))

    def _full(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _own_earlier_try(self, error: ClientError, key: str, data: bytes) -> str:
        """The etag when a refused conditional write was our own retry, whose first try had come through unheard."""
        retried = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        if retried and _status(error) == 412:
            there = self.get(key)
            if hashlib.sha256(there.data).digest() == hashlib.sha256(data).digest():
                return there.etag
        raise error

    @contextmanager
    def _errors_named(self, key: str, *, conditional: bool = False) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._translate(error, key, conditional=conditional) from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"object store s3://{self._bucket}: {_one_line(error)}") from error

    def _translate(self, error: ClientError, key: str, *, conditional: bool) -> ObjectError:
        code = error.response.get("Error", {}).get("Code", "?")
        if code == "NoSuchBucket":
            return StoreUnavailable(f"object store s3://{self._bucket}: there is no such bucket")
        if _status(error) in {409, 412} or (conditional and _status(error) == 404):
            return ObjectConflict(f"{key}: changed, made or removed by another writer")
        if _status(error) == 404:
            return ObjectNotFound(f"{key}: no such object in s3://{self._bucket}/{self._prefix}")
        return StoreUnavailable(f"object store s3://{self._bucket}: {code}, HTTP {_status(error)} ({key})")


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
