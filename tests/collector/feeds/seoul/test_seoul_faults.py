"""Answers of Seoul's API that were made to hurt."""

from __future__ import annotations

import time

import pytest

from collector.errors import FeedError
from collector.feeds.seoul.seoul_rows import read_page, read_rows


@pytest.mark.parametrize("size", [2_400, 240_000, 2_400_000])
@pytest.mark.parametrize("filler", [b" ", b"<MESSAGE>", b"<![CDATA[", b"<CODE>", b"<a>", b"]]>"])
def test_long_markup_takes_no_longer_than_its_length(size: int, filler: bytes) -> None:
    body = b"<RESULT><CODE>ERROR-500</CODE><MESSAGE>" + filler * (size // len(filler))
    started = time.process_time()

    with pytest.raises(FeedError) as caught:
        read_page(body)
    assert caught.value.reason == "error-500"
    assert len(caught.value.detail) < 300
    assert time.process_time() - started < 10


def test_entities_are_not_expanded() -> None:
    body = b'<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><RESULT><CODE>&b;</CODE></RESULT>'

    with pytest.raises(FeedError) as caught:
        read_page(body)
    assert caught.value.reason == "html"


@pytest.mark.parametrize("code", ["ERROR-999", "ERROR-" + "9" * 5000, "X-1", "error-12345"])
def test_an_unknown_code_is_one_reason(code: str) -> None:
    for body in (f"<RESULT><CODE>{code}</CODE></RESULT>".encode(), b'{"RESULT": {"CODE": "%s"}}' % code.encode()):
        with pytest.raises(FeedError) as caught:
            read_page(body)
        assert caught.value.reason == "unknown_code"


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
def test_a_message_in_its_declared_characters(charset: str) -> None:
    document = (
        f'<?xml version="1.0" encoding="{charset}"?><RESULT><CODE>INFO-100</CODE><MESSAGE>인증키</MESSAGE></RESULT>'
    )

    with pytest.raises(FeedError, match="인증키"):
        read_page(document.encode(charset))


def test_sizes_and_names_of_rows() -> None:
    row = {"stationId": "ST-4", "stationName": "가" * 9999, "parkingBikeTotCnt": "-1", "rackTotCnt": "12"}
    (station,), faults = read_rows([row, row | {"stationId": "x" * 100_000}])

    assert (len(station.name), station.bikes, station.docks) == (200, 0, 12)
    assert faults == {"long_name": 1, "negative_bikes": 1, "long_station_id": 1}


@pytest.mark.parametrize("markup", [b"<a>", b"<b/>", b"<a b='c'>&amp;"])
def test_markup_without_end_is_looked_at_in_its_beginning(markup: bytes) -> None:
    """64 MB of tags held the interpreter for a minute."""
    with pytest.raises(FeedError) as caught:
        read_page(b"<r>" + markup * (1 << 22))
    assert caught.value.reason == "html"
