"""Bytes as text, in the encodings that Korean and English files come in."""

from __future__ import annotations

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(content: bytes) -> str | None:
    """The text, line ends as `\\n`; None where the bytes are no text.

    >>> decoded("서울 따릉이".encode("cp949"))
    '서울 따릉이'
    """
    encodings = [name for bom, name in _BOMS if content.startswith(bom)] or ["utf-8", "cp949"]
    if b"\0" in content and "utf-16" not in encodings:
        return None
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    return None
