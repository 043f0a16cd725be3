"""Addresses of object stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecaster.objects import BadStoreAddress, open_objects


@pytest.mark.parametrize(("url", "says"), [("gs://bucket", "unknown kind"), ("s3://", "no bucket")])
def test_malformed_addresses(url: str, says: str) -> None:
    with pytest.raises(BadStoreAddress, match=says):
        open_objects(url)


def test_an_endpoint_that_is_no_url() -> None:
    with pytest.raises(BadStoreAddress, match=r"^S3_ENDPOINT_URL: 'nonsense' is not an http"):
        open_objects("s3://bucket", endpoint_url="nonsense")


def test_opening_a_folder_makes_nothing(tmp_path: Path) -> None:
    assert open_objects(tmp_path / "new").list() == []
    assert not (tmp_path / "new").exists()
