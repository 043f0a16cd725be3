"""Facts of articles in a folder, of which some state the same key differently."""

from __future__ import annotations

from pathlib import Path

from pedalcast.knowledge.articles import load_articles
from pedalcast.knowledge.contradictions import contradictions


def write(folder: Path, name: str, value: str, says: str) -> None:
    front = f"facts:\n  map: {{value: {value}, says: {says}}}\n"
    (folder / name).write_text(f"---\n{front}---\n{says}.\n", encoding="utf-8")


def test_two_values_of_one_key_are_named_with_their_articles(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "yes", "The map shows all")
    write(tmp_path, "b.md", "no", "There is no map")
    write(tmp_path, "c.md", "no", "No map yet")
    (found,) = contradictions(load_articles(tmp_path))
    assert found.key == "map"
    assert [article.id for article, _ in found.statements] == ["a", "b", "c"]
    assert "en/b: False, There is no map" in str(found)


def test_one_and_yes_are_not_the_same(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "1", "One map")
    write(tmp_path, "b.md", "yes", "The map shows all")
    assert len(contradictions(load_articles(tmp_path))) == 1


def test_the_same_value_in_two_articles_is_none(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "yes", "The map shows all")
    write(tmp_path, "b.md", "yes", "Look at the map")
    assert contradictions(load_articles(tmp_path)) == []
