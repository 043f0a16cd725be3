"""Text arrives as UTF-8 from every character set that servers declare, under every label they use for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.parsing.charsets import as_utf8

JSON = "application/json; charset="


@pytest.mark.parametrize(
    ("words", "encoding", "label"),
    [
        ("따릉이 역", "cp949", "windows-949"),
        ("따릉이 역", "cp949", "x-windows-949"),
        ("따릉이 역", "cp949", "ks_c_5601-1987"),
        ("따릉이 역", "iso2022_kr", "ISO-2022-KR"),
        ("東京駅", "cp932", "windows-31j"),
        ("東京駅", "iso2022_jp", "ISO-2022-JP"),
        ("กรุงเทพ", "tis_620", "TIS-620"),
        ("กรุงเทพ", "cp874", "windows-874"),
        ("5 € Platz", "cp1252", "ISO-8859-1"),
        ("İstanbul", "cp1254", "iso-8859-9"),
        ("Łódź", "cp1250", "windows-1250"),
        ("台北站", "big5", '"Big5"'),
    ],
)
def test_declared_under_any_label(words: str, encoding: str, label: str) -> None:
    body = json.dumps({"name": words}, ensure_ascii=False).encode(encoding)

    assert json.loads(as_utf8(body, JSON + label)) == {"name": words}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("label", ["", "utf-16", "utf-8", "UTF-16LE"])
def test_wide_characters_without_a_mark(encoding: str, label: str) -> None:
    body = json.dumps({"name": "따릉이"}, ensure_ascii=False).encode(encoding)

    assert json.loads(as_utf8(body, JSON + label)) == {"name": "따릉이"}


def test_what_cannot_be_decoded_is_marked() -> None:
    assert "\ufffd" in as_utf8("따릉이".encode("cp949"), JSON + "utf-8").decode()


@given(st.binary(max_size=60), st.sampled_from(["", "utf-16", "iso-2022-kr", "windows-949", "tis-620", "x-none"]))
def test_any_bytes_become_utf_8(body: bytes, label: str) -> None:
    as_utf8(body, JSON + label).decode("utf-8")
