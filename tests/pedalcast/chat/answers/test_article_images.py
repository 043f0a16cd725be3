"""An answer has the pictures of the sections that it quotes, and of no other."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from pedalcast.chat.answers.article_images import ArticleImages
from pedalcast.chat.schemas import QuoteOut, SourceOut
from pedalcast.kit.errors import NotFoundError
from pedalcast.knowledge.articles import HELP, IMAGES, ArticleError, load_articles

FRONT = "---\nid: a\nlang: en\ntitle: A\nimages:\n  - file: {file}\n    section: {section}\n    alt: A lever\n---\n"
BODY = "# A\n\nFirst.\n\n## Levers\nPress the lever down.\n\n## Bells\nRing the bell.\n"


def folder_of(path: Path, file: str = "a.svg", section: str = "Levers") -> Path:
    (path / IMAGES).mkdir()
    (path / IMAGES / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (path / "a.md").write_text(FRONT.format(file=file, section=section) + BODY)
    return path


def quoting(*texts: str, document: str = "a.en") -> SourceOut:
    quotes = [QuoteOut(text=text, chunk_id="c", start=0, end=len(text)) for text in texts]
    return SourceOut(
        n=2, type="document", chunk_id="c", document_id=document, title="A", url=None, page=None, content="", score=1.0,
        start=0, end=0, quotes=quotes, observed_at=None, age_seconds=None,
    )  # fmt: skip


def test_of_the_quoted_section_alone(tmp_path: Path) -> None:
    images = ArticleImages(folder_of(tmp_path))
    [image] = images.of([quoting("Press the lever down."), quoting("Press the lever down.")])
    assert image.model_dump() == {"url": "/api/v1/help/images/a.svg", "alt": "A lever", "source": 2}
    assert images.of([quoting("Ring the bell."), quoting("Press the lever down.", document="b.en"), quoting()]) == []


def test_only_files_that_articles_name_are_there(tmp_path: Path) -> None:
    images = ArticleImages(folder_of(tmp_path))
    assert images.path("a.svg") == tmp_path / IMAGES / "a.svg"
    for name in ("b.svg", "../a.md", ""):
        with pytest.raises(NotFoundError):
            images.path(name)


@pytest.mark.parametrize(
    ("file", "section"),
    [("b.svg", "Levers"), ("https://example.org/a.svg", "Levers"), ("../a.md", "Levers"), ("a.svg", "Wheels")],
)
def test_a_picture_that_is_not_there_is_refused(tmp_path: Path, file: str, section: str) -> None:
    with pytest.raises(ArticleError, match="bad front matter"):
        load_articles(folder_of(tmp_path, file, section))


def test_the_built_in_help_s() -> None:
    images = [(article, image) for article in load_articles() for image in article.images]
    assert {(article.id, article.lang) for article, _ in images} == {
        (id_, lang) for id_ in ("renting", "returning") for lang in ("ko", "en")
    }
    for _, image in images:
        text = (HELP / IMAGES / image.file).read_text(encoding="utf-8")
        assert len(text) < 5000
        names = {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}
        assert names <= {"svg", "g", "rect", "circle", "path"}
        assert len(image.alt) > 20


def test_an_answer_brings_them_and_the_service_serves_them(chat: httpx.Client) -> None:
    body = chat.post("/api/v1/chat", json={"question": "When is the return of a bike complete?"}).json()
    [image] = body["images"]
    assert image["url"] == "/api/v1/help/images/dock-lever.svg"
    assert image["source"] in {source["n"] for source in body["sources"]}
    picture = chat.get(image["url"])
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in picture.headers["content-security-policy"]
    assert chat.get("/api/v1/help/images/none.svg").json()["error"] == "image_not_found"
