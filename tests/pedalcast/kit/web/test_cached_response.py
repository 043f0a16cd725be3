import gzip
from typing import Any

import brotli
import pytest

from pedalcast.kit.web.cached_response import BRISK, THOROUGH, CachedResponse, accepts, matches


class TestMatches:
    @pytest.mark.parametrize("header", [b'W/"a"', b'"a"', b'"x", W/"a"', b"*", b'"x","a"'])
    def test_tags_are_compared_weakly(self, header: bytes) -> None:
        assert matches(header, b'W/"a"')

    @pytest.mark.parametrize("header", [b'W/"b"', b'"aa"', b"", b"a"])
    def test_others_do_not_match(self, header: bytes) -> None:
        assert not matches(header, b'W/"a"')


class TestAccepts:
    @pytest.mark.parametrize("header", [b"br", b"gzip, br", b"gzip;q=0.5,br;q=1.0"])
    def test_named(self, header: bytes) -> None:
        assert accepts(header, b"br")

    @pytest.mark.parametrize("header", [b"gzip", b"br;q=0", b"br; q=0.0", b"brx", b""])
    def test_not_named_or_refused(self, header: bytes) -> None:
        assert not accepts(header, b"br")


class TestKept:
    @pytest.mark.parametrize("effort", [THOROUGH, BRISK])
    def test_every_coding_is_the_same_body(self, effort: Any) -> None:
        kept = CachedResponse.of(b'{"a":1}' * 100, "v1", compress=effort)
        assert gzip.decompress(kept.gzip or b"") == brotli.decompress(kept.brotli or b"") == kept.plain

    def test_without_compression_only_the_plain_body_is_sent(self) -> None:
        status, headers, body = CachedResponse.of(b"{}", "v1", compress=None).choose(None, b"gzip, br")
        assert (status, body) == (200, b"{}")
        assert b"content-encoding" not in dict(headers)

    def test_the_answer_to_who_has_it_is_empty_and_names_the_tag(self) -> None:
        status, headers, body = CachedResponse.of(b"{}", "v1").choose(b'W/"v1"', b"br")
        assert (status, body, dict(headers)[b"etag"]) == (304, b"", b'W/"v1"')
