"""What is particular to S3."""

from __future__ import annotations

import socket

import pytest

from forecaster.objects import StoreUnavailable, open_objects


def test_prefixes_keep_cities_apart(s3_url: str) -> None:
    here, there = open_objects(s3_url), open_objects(s3_url + "-2")
    here.put("a", b"here")
    there.put("a", b"there")
    assert here.get("a").data == b"here"
    assert here.list() == ["a"]


def test_list_reaches_past_one_page(s3_url: str) -> None:
    objects = open_objects(s3_url)
    for number in range(1005):
        objects.put(f"many/{number:04}", b"")
    assert len(objects.list("many/")) == 1005


def test_no_such_bucket_is_one_clear_line(s3_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="no such bucket") as raised:
        open_objects("s3://elsewhere/city").get("a")
    assert "\n" not in str(raised.value)


def test_a_dead_server_is_unavailable(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    objects = open_objects(s3_url, endpoint_url=f"http://127.0.0.1:{port}")
    for call in (lambda: objects.get("a"), lambda: objects.put("a", b""), lambda: objects.list("a")):
        with pytest.raises(StoreUnavailable, match="object store s3://bucket"):
            call()


def test_missing_credentials_are_unavailable(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(StoreUnavailable, match="credentials"):
        open_objects(s3_url).get("a")
