"""Pictures of documents come with what is quoted beside them, to whoever may ask, and go with their document."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pedalcast.chat.presenter import images
from pedalcast.documents.parsing import picture_shelf
from pedalcast.documents.parsing.child_process import ParseLimits, parse_in_child
from pedalcast.documents.parsing.parsed_document import ParsedDocument
from pedalcast.rag.grounding.citations import Cited, Evidence
from tests.pedalcast.documents.document_service import DocumentClient
from tests.pedalcast.documents.picture_files import docx_with, html_with, hwpx_with, png

Eventually = Callable[[Callable[[], bool]], None]
RED, BLUE = png(10), png(200)
HANDBOOK = docx_with(
    ("Bells", "The bell of a folding tandem is tuned to A flat.", RED, "A red bell"),
    ("Lamps", "The lamp of a cargo bike burns for ninety hours.", BLUE, "A blue lamp"),
)


def name_of(picture: bytes) -> str:
    return sha256(picture).hexdigest()


class TestReading:
    def read(self, folder: Path, name: str, content: bytes) -> tuple[ParsedDocument, set[str]]:
        """The document as a child process reads it, and the files of the pictures."""
        path, pictures = folder / "file", folder / "pictures"
        path.write_bytes(content)
        pictures.mkdir()
        document = parse_in_child(path, name, ParseLimits(), pictures=pictures)
        return document, {picture.name for picture in pictures.iterdir()}

    def test_docx(self, tmp_path: Path) -> None:
        document, files = self.read(tmp_path, "a.docx", HANDBOOK)
        assert files == {name_of(RED), name_of(BLUE)}
        assert [(name, alt) for _, name, alt in document.pictures] == [
            (name_of(RED), "A red bell"), (name_of(BLUE), "A blue lamp"),
        ]  # fmt: skip
        first, second = (offset for offset, _, _ in document.pictures)
        assert document.text.index("A flat") < first < document.text.index("# Lamps") < second
        assert "⟦" not in document.text

    def test_html_without_those_of_other_hosts_and_without_scripts(self, tmp_path: Path) -> None:
        document, files = self.read(tmp_path, "a.html", html_with(RED, "The bell at night"))
        assert files == {name_of(RED)}
        [(offset, name, alt)] = document.pictures
        assert (name, alt) == (name_of(RED), "The bell at night")
        assert document.text.index("is red") < offset < document.text.index("It rings")
        assert document.notes == ["pictures left out: 1"]

    def test_hwpx(self, tmp_path: Path) -> None:
        content = hwpx_with(RED, "접이식 탠덤의 종은 내림가 음입니다.", "그림 1 빨간 종")
        document, files = self.read(tmp_path, "a.hwpx", content)
        assert files == {name_of(RED)}
        assert [(name, alt) for _, name, alt in document.pictures] == [(name_of(RED), "그림 1 빨간 종")]
        assert "assets/" not in document.text

    def test_as_many_and_as_large_ones_as_are_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(picture_shelf, "MOST_PICTURES", 2)
        monkeypatch.setattr(picture_shelf, "MOST_PICTURE_BYTES", len(RED) + 10)
        shelf = picture_shelf.PictureShelf(tmp_path)
        marks = [shelf.put(content) for content in (b"<svg/>", RED + bytes(20), RED, BLUE, png(3))]
        assert [bool(mark) for mark in marks] == [False, False, True, True, False]
        document = ParsedDocument("html", f"One {marks[2]} two {marks[3]} ⟦picture 99⟧")
        shelf.place(document)
        assert (document.text, document.notes) == ("One  two  ", ["pictures left out: 3"])
        assert [offset for offset, _, _ in document.pictures] == [4, 9]


def test_come_with_the_passage_that_is_quoted_and_go_with_the_document(
    documents: DocumentClient, eventually: Eventually
) -> None:
    document = documents.upload("handbook.docx", HANDBOOK).json()["id"]
    eventually(lambda: documents.state(document) == "ready")
    question = "Which note is the bell of a folding tandem tuned to?"
    found = documents.retrieval.search(question, lang="en", bot_id=documents.bot_id)
    evidence = Evidence(found.passages[0], "document")
    [shown] = images([Cited(1, evidence, [(evidence, 0, 10)])])
    assert (shown.alt, shown.source) == ("A red bell", 1)
    path = shown.url.removeprefix("/api/v1/documents")
    picture = documents.call("GET", path)
    assert (picture.content, picture.headers["content-type"]) == (RED, "image/png")
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in picture.headers["content-security-policy"]
    stranger = documents.service.member("stranger")
    assert documents.call("GET", path, stranger).status_code == 404
    assert documents.call("GET", f"/{document}/pictures/{name_of(png(1))}").json()["error"] == "picture_not_found"
    newer = docx_with(("Bells", "The bell of a folding tandem is tuned to B.", BLUE, "A blue bell"))
    documents.upload("handbook.docx", newer, document_id=document)
    eventually(lambda: documents.call("GET", f"/{document}").json()["answering"] == 2)
    assert documents.call("GET", path).status_code == 404
    stored = documents.runtime.documents.objects
    eventually(lambda: len(stored.list(f"documents/{document}/")) == 2)  # the file and its picture
    documents.call("DELETE", f"/{document}")
    assert documents.call("GET", path).status_code == 410
    eventually(lambda: stored.list("documents/") == [])
