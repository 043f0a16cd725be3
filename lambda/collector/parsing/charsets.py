"""Text in whatever character set a server declares, as UTF-8."""

from __future__ import annotations

import codecs
import re

_KOREAN = frozenset({"euc_kr", "cp949", "johab"})
_WIDER = {"euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "shift_jis": "cp932",
          "tis-620": "cp874", "iso8859-9": "cp1254"}  # fmt: skip
# Labels of the Encoding Standard (encoding.spec.whatwg.org) that Python does not know
_LABELS = {"windows-949": "cp949", "x-windows-949": "cp949", "windows-31j": "cp932", "x-sjis": "cp932",
           "windows-874": "cp874", "dos-874": "cp874", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "x-big5": "big5",
           "x-mac-roman": "mac-roman"}  # fmt: skip
# Only codecs of text: Python knows others too, which run code paths of their own (punycode, unicode_escape, zip).
_ALLOWED = re.compile(
    r"utf-(?:8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d{1,2}|cp\d{3,4}|ascii|latin-1|koi8-[rtu]|mac-\w+|"
    r"euc_kr|euc_jp|johab|shift_jis|gb2312|gbk|gb18030|big5(?:hkscs)?|tis-620|iso2022_(?:kr|jp(?:_[123])?)",
    re.ASCII,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_ZEROS = {b"\0\0\0\1": "utf-32-be", b"\1\0\0\0": "utf-32-le",
          b"\0\1\0\1": "utf-16-be", b"\1\0\1\0": "utf-16-le"}  # fmt: skip


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """The body as UTF-8 without a byte order mark. What cannot be decoded becomes U+FFFD.

    The content is believed before the header: a body that is UTF-8 stays so whatever it is declared to be, unless its
    declared Korean character set reads it as Hangul and UTF-8 would not.

    >>> as_utf8("Ørsted".encode("latin-1"), "application/json; charset=ISO-8859-1").decode()
    'Ørsted'
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _decoded(body, name, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    declared = _declared(body, content_type)
    if wide := _wide(body):
        return _decoded(body, wide, "replace").encode("utf-8", "replace")
    if declared is not None and declared.startswith("iso2022"):  # seven bits: it would pass for ASCII
        return _decoded(body, declared, "replace").encode("utf-8", "replace")
    text = _strict(body, "utf-8")
    if text is not None and (declared not in _KOREAN or body.isascii() or _hangul(text)):
        return body
    for charset in (_WIDER.get(declared or ""), declared):
        other = _strict(body, charset) if charset else None
        if other is not None and (text is None or _hangul(other)):
            return other.encode("utf-8", "replace")
    return body if text is not None else body.decode("utf-8", "replace").encode()


def _declared(body: bytes, content_type: str) -> str | None:
    """The declared character set by Python's name, None when there is none or it is not one of text."""
    match = _CHARSET.search(content_type[:400])
    encoding = _ENCODING.match(body[:300])
    label = match[1] if match else encoding[1].decode("ascii") if encoding else None
    try:
        name = codecs.lookup(_LABELS.get(label.lower(), label)).name if label else None
    except LookupError:
        return None
    return name if name is not None and _ALLOWED.fullmatch(name) else None


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the zeros of the first two characters lie; JSON begins in ASCII.

    >>> _wide('{"a":1}'.encode("utf-16-be"))
    'utf-16-be'
    """
    return _ZEROS.get(bytes(byte != 0 for byte in body[:4])) if len(body) >= 8 else None


def _strict(body: bytes, name: str) -> str | None:
    try:
        return _decoded(body, name, "strict")
    except (UnicodeError, LookupError):
        return None


def _decoded(body: bytes, name: str, errors: str) -> str:
    return body.decode(name, errors)


def _hangul(text: str) -> bool:
    return re.search("[\uac00-\ud7a3]", text) is not None
