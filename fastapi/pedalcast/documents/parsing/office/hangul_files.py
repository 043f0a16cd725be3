"""HWP 5 and HWPX, by `unhwp`."""

from __future__ import annotations

import re
from pathlib import Path

import unhwp

from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError

_DECOY = "상위 버전의 배포용 문서입니다"
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_BREAK = re.compile(r"<br\s*/?>")
_LONGEST_DECOY = 400


def read_hangul(path: Path, kind: str) -> ParsedDocument:
    """The text as Markdown without emphasis. Raises `ParseError`."""
    try:
        with unhwp.parse(path) as result:
            markdown = result.markdown
    except unhwp.UnhwpError as error:
        code = "encrypted" if "ncrypt" in str(error) or "assword" in str(error) else "damaged"
        sentence = "The file needs a password." if code == "encrypted" else "The file is damaged."
        raise ParseError(code, sentence) from error
    if _DECOY in markdown and len(markdown) < _LONGEST_DECOY:
        raise ParseError(
            "distribution_document", "This is a distribution document (배포용 문서): save it as an ordinary one."
        )
    text = _ESCAPED.sub(r"\1", markdown.replace("**", ""))
    return ParsedDocument(kind, _BREAK.sub(" ", text))
