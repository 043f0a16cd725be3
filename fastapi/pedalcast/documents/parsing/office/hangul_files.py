"""HWP 5 and HWPX, by `unhwp`."""

from __future__ import annotations

import re
from pathlib import Path

import unhwp

from pedalcast.documents.parsing.parsed_document import ParsedDocument, ParseError
from pedalcast.documents.parsing.picture_shelf import PictureShelf

_DECOY = "상위 버전의 배포용 문서입니다"
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_BREAK = re.compile(r"<br\s*/?>")
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\(assets/([^)\n]+)\)")
_NO_ALT = "image"  # what stands for an alternative text that is not there
_LONGEST_DECOY = 400


def read_hangul(path: Path, kind: str, shelf: PictureShelf) -> ParsedDocument:
    """The text as Markdown without emphasis; pictures go to the shelf. Raises `ParseError`."""
    try:
        with unhwp.parse(path) as result:
            markdown = result.markdown
            images = {image.name: image.data for image in result.images}
    except unhwp.UnhwpError as error:
        code = "encrypted" if "ncrypt" in str(error) or "assword" in str(error) else "damaged"
        sentence = "The file needs a password." if code == "encrypted" else "The file is damaged."
        raise ParseError(code, sentence) from error
    if _DECOY in markdown and len(markdown) < _LONGEST_DECOY:
        raise ParseError(
            "distribution_document", "This is a distribution document (배포용 문서): save it as an ordinary one."
        )

    def shelved(image: re.Match[str]) -> str:
        alt = "" if image[1] == _NO_ALT else image[1]
        return (f"![{alt}]" if alt else "") + shelf.put(images.get(image[2], b""), alt)

    text = _ESCAPED.sub(r"\1", _IMAGE.sub(shelved, markdown).replace("**", ""))
    return ParsedDocument(kind, _BREAK.sub(" ", text))
