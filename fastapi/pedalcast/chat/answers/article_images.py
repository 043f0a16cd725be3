"""Which pictures of the help belong to an answer: those of the sections that it quotes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pedalcast.chat.schemas import ImageOut, SourceOut
from pedalcast.kit.errors import NotFoundError
from pedalcast.knowledge.articles import IMAGES, Article, load_articles, section_of

URL = "/api/v1/help/images"


class ArticleImages:
    """The pictures of a folder of articles, by the id that the index gives an article's document."""

    def __init__(self, folder: Path | None = None) -> None:
        articles = [article for article in load_articles(folder) if article.images]
        self._articles: dict[str, Article] = {f"{article.id}.{article.lang}": article for article in articles}
        self._files = {
            image.file: (article.root / IMAGES / image.file) for article in articles for image in article.images
        }

    def of(self, sources: Sequence[SourceOut]) -> list[ImageOut]:
        """Each picture once, in the order of the sources."""
        images: dict[str, ImageOut] = {}
        for source in sources:
            article = self._articles.get(source.document_id)
            for image in () if article is None else article.images:
                section = section_of(article.text, image.section) if article is not None else ""
                if any(quote.text.strip() in section for quote in source.quotes):
                    url = f"{URL}/{image.file}"
                    images.setdefault(url, ImageOut(url=url, alt=image.alt, source=source.n))
        return list(images.values())

    def path(self, name: str) -> Path:
        """The file of a picture that an article names. Raises `NotFoundError` for any other."""
        if name not in self._files:
            raise NotFoundError("There is no such picture.", "image_not_found")
        return self._files[name]
