"""Help articles: Markdown with YAML front matter, placeholders filled from the folder's `city.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import re2  # type: ignore[import-untyped] # the package has no types
import yaml

HELP = Path(__file__).parent / "help"
CITY = "city.toml"
IMAGES = "images"

Displays = Mapping[str, Mapping[str, Any]]
T = TypeVar("T")

# RE2: the time grows with the text's length, whatever an article holds.
_PLACEHOLDER = re2.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_FRONT = re2.compile(r"(?ms)\A---[ \t]*\n(.*?)^---[ \t]*$\n?")
_FENCE = re2.compile(r"(?ms)^```.*?^```|^~~~.*?^~~~")
_HEADING = re2.compile(r"(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z]")


class ArticleError(ValueError):
    """An article or its settings cannot be used. The message is one line that begins with the file's path."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


@dataclass(frozen=True, slots=True)
class ArticleImage:
    """A picture of one section: a file in the folder `images`, and what it shows, for who cannot see it."""

    file: str
    section: str
    alt: str


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """What an article states under a key that others may state too: `says` stands in its text, word for word."""

    value: bool | int | str
    says: str


@dataclass(frozen=True, slots=True)
class Article:
    """One help article in one language. `(id, lang)` is unique in a folder.

    `text` is Markdown without the front matter, every placeholder filled. `paraphrases` are other wordings of what
    the article answers: `questions` in the front matter are about the whole of it, those below `sections` each about
    the section whose heading they stand under, which `paraphrase_sections` names. `facts`, by key, are compared between
    articles. `demo` marks prices and rules of the demo city, which an operator replaces.
    """

    id: str
    lang: str
    title: str
    topic: str
    text: str
    paraphrases: tuple[str, ...]
    path: Path
    demo: bool = False
    updated: date | None = None
    images: tuple[ArticleImage, ...] = ()
    root: Path = HELP
    paraphrase_sections: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, DeclaredFact] = field(default_factory=dict)


def load_articles(folder: Path | None = None) -> list[Article]:
    """All articles of a folder, in the order of their paths: the built-in help, or an operator's own Markdown files.

    Front matter is optional: the title then comes from the first heading or the file's name, the language from the
    script, the id from the path. Hidden files are passed over. Raises `ArticleError` naming the file on bad front
    matter, a placeholder that `city.toml` does not know, two articles of one id and language, or nothing to read.
    """
    root = HELP if folder is None else folder
    paths = [p for p in sorted(root.rglob("*.md")) if not _hidden(p.relative_to(root))]
    if not paths:
        raise ArticleError(root, "no Markdown files (*.md) in this folder")
    city = _city(root / CITY)
    articles: dict[tuple[str, str], Article] = {}
    for path in paths:
        article = _article(path, root, city)
        first = articles.setdefault((article.id, article.lang), article)
        if first is not article:
            raise ArticleError(path, f"id {article.id!r} ({article.lang}) is already taken by {first.path}")
    return list(articles.values())


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _article(path: Path, root: Path, city: Displays) -> Article:
    front, body = _split(path, _read(path))
    lang = _field(path, front, "lang", str, _language(body)).lower()
    title = _field(path, front, "title", str, _first_heading(body) or path.stem)
    about = _section_questions(path, front, body)
    facts = _field(path, front, "facts", dict, {})
    text = _fill(path, body.strip(), lang, city)
    paraphrases = [*_paraphrases(path, front), *(question for question, _ in about)]
    return Article(
        id=_field(path, front, "id", str, _default_id(path.relative_to(root), lang)),
        lang=lang,
        title=_fill(path, title, lang, city),
        topic=_field(path, front, "topic", str, "general"),
        text=text,
        paraphrases=tuple(_fill(path, question, lang, city) for question in paraphrases),
        path=path,
        demo=_field(path, front, "demo", bool, default=False),
        updated=_field(path, front, "updated", date, None) if "updated" in front else None,
        images=tuple(_image(path, root, body, image) for image in _field(path, front, "images", list, [])),
        root=root,
        paraphrase_sections={_fill(path, question, lang, city): heading for question, heading in about},
        facts={key: _fact(path, text, key, _filled(path, content, lang, city)) for key, content in facts.items()},
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(path, f"not UTF-8 (byte {error.start})") from error


def _split(path: Path, text: str) -> tuple[dict[str, Any], str]:
    """The front matter as a mapping (empty where there is none) and the Markdown after it."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        front = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise ArticleError(path, f"bad front matter: {' '.join(str(error).split())}") from error
    if front is not None and not isinstance(front, dict):
        raise ArticleError(path, "bad front matter: not a list of `key: value` lines")
    return front or {}, text[match.end() :]


def _field(path: Path, front: Mapping[str, Any], key: str, kind: type[T], default: Any) -> T:
    value = front.get(key, default)
    if not isinstance(value, kind):
        raise ArticleError(path, f"bad front matter: `{key}` must be {kind.__name__}, not {value!r}")
    return value


def section_of(text: str, heading: str) -> str:
    """The text below a heading, up to the next one; empty where there is no such heading."""
    headings = list(_HEADING.finditer(text))
    for match, following in zip(headings, [*headings[1:], None], strict=True):
        if match[1] == heading:
            return text[match.end() : following.start() if following else None]
    return ""


def _image(path: Path, root: Path, body: str, content: Any) -> ArticleImage:
    """A picture as the front matter names it: no other host's, and of a section that is there."""
    fields = ("file", "section", "alt")
    if not isinstance(content, dict) or not all(isinstance(content.get(key), str) for key in fields):
        raise ArticleError(path, "bad front matter: an image needs `file`, `section` and `alt`")
    image = ArticleImage(*(content[key] for key in fields))
    if not re.fullmatch(r"[\w-]+\.(svg|png)", image.file) or not (root / IMAGES / image.file).is_file():
        raise ArticleError(path, f"bad front matter: {IMAGES}/{image.file} is no SVG or PNG file beside the articles")
    if not section_of(body, image.section):
        raise ArticleError(path, f"bad front matter: there is no section {image.section!r} for {image.file}")
    return image


def _paraphrases(path: Path, front: Mapping[str, Any]) -> list[str]:
    questions: list[Any] = _field(path, front, "questions", list, [])
    for question in questions:
        if not isinstance(question, str):
            raise ArticleError(path, f"bad front matter: `questions` must be texts, not {question!r}")
    return questions


def _section_questions(path: Path, front: Mapping[str, Any], body: str) -> list[tuple[str, str]]:
    """The questions below `sections`, each with the heading of its section, which must be there."""
    sections: dict[Any, Any] = _field(path, front, "sections", dict, {})
    for heading, questions in sections.items():
        if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
            raise ArticleError(path, f"bad front matter: `sections` must list texts below {heading!r}")
        if not section_of(body, str(heading)):
            raise ArticleError(path, f"bad front matter: there is no section {heading!r} for its questions")
    return [(question, str(heading)) for heading, questions in sections.items() for question in questions]


def _filled(path: Path, content: Any, lang: str, city: Displays) -> Any:
    """A fact's content with the placeholders filled that it has."""
    if not isinstance(content, dict):
        return content
    return {name: _fill(path, x, lang, city) if isinstance(x, str) else x for name, x in content.items()}


def _fact(path: Path, text: str, key: str, content: Any) -> DeclaredFact:
    """A fact as the front matter declares it; what it says must stand in the text."""
    if not isinstance(content, dict) or content.keys() != {"value", "says"} or not isinstance(content["says"], str):
        raise ArticleError(path, f"bad front matter: the fact {key!r} needs `value` and `says`")
    if content["says"] not in text:
        raise ArticleError(path, f"bad front matter: the text does not say {content['says']!r} (fact {key!r})")
    return DeclaredFact(content["value"], content["says"])


def _first_heading(body: str) -> str | None:
    """The text of the first Markdown heading outside fenced code, where `#` begins a comment."""
    match = _HEADING.search(_FENCE.sub("", body))
    return match[1] if match else None


def _language(text: str) -> str:
    """`ko` from one Hangul syllable in four letters on: Korean help is full of Latin names, the reverse is rare."""
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    return "ko" if hangul and hangul * 3 >= latin else "en"


def _default_id(relative: Path, lang: str) -> str:
    parts = relative.with_suffix("").parts
    return "/".join(parts[1:] if len(parts) > 1 and parts[0] == lang else parts)


def _city(path: Path) -> Displays:
    """The settings that placeholders name, each a table with a text per language; none where there is no file."""
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise ArticleError(path, f"not TOML: {error}") from error
    for key, setting in settings.items():
        if not isinstance(setting, dict):
            raise ArticleError(path, f"`{key}` must be a table with a text per language")
    return settings


def _fill(path: Path, text: str, lang: str, city: Displays) -> str:
    def display(match: re.Match[str]) -> str:
        key = match[1]
        if key not in city:
            raise ArticleError(path, f"unknown placeholder {{{{{key}}}}}: {CITY} has no [{key}]")
        if not isinstance(shown := city[key].get(lang), str):
            raise ArticleError(path, f"placeholder {{{{{key}}}}}: [{key}] in {CITY} has no text for {lang!r}")
        return shown

    return str(_PLACEHOLDER.sub(display, text))
