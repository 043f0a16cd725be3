"""The loader, on folders as operators keep them: with and without front matter, and with mistakes in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pedalcast.knowledge.articles import ArticleError, DeclaredFact, load_articles

PRICE = '[price]\nvalue = 1000\nunit = "KRW"\nko = "1,000원"\nen = "1,000 won"\n'


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


class TestFrontMatter:
    def test_every_field_is_read(self, tmp_path: Path) -> None:
        write(tmp_path, "city.toml", PRICE)
        front = "id: fare\nlang: en\ntitle: The fare\ntopic: payment\nupdated: 2026-11-20\ndemo: true\n"
        path = write(
            tmp_path, "x.md", f"---\n{front}questions:\n  - Is it {{{{price}}}}?\n---\nA ride costs {{{{ price }}}}.\n"
        )
        (article,) = load_articles(tmp_path)
        assert (article.id, article.lang, article.title, article.topic) == ("fare", "en", "The fare", "payment")
        assert article.text == "A ride costs 1,000 won."
        assert article.paraphrases == ("Is it 1,000 won?",)
        assert (article.demo, article.updated, article.path) == (True, date(2026, 11, 20), path)

    def test_questions_may_be_about_one_section(self, tmp_path: Path) -> None:
        front = 'questions:\n  - Is it far?\nsections:\n  "Fees: all":\n    - What does it cost?\n'
        write(tmp_path, "x.md", f"---\n{front}---\nNear.\n\n## Fees: all\nNothing.\n")
        (article,) = load_articles(tmp_path)
        assert article.paraphrases == ("Is it far?", "What does it cost?")
        assert article.paraphrase_sections == {"What does it cost?": "Fees: all"}

    def test_facts_are_read_with_what_says_them(self, tmp_path: Path) -> None:
        write(tmp_path, "city.toml", PRICE)
        write(tmp_path, "x.md", '---\nfacts:\n  fee: {value: yes, says: "costs {{price}}"}\n---\nIt costs {{price}}.\n')
        (article,) = load_articles(tmp_path)
        assert article.facts == {"fee": DeclaredFact(True, "costs 1,000 won")}

    def test_placeholders_are_shown_in_the_language_of_the_article(self, tmp_path: Path) -> None:
        write(tmp_path, "city.toml", PRICE)
        write(tmp_path, "ko/fare.md", "요금은 {{price}}입니다.")
        write(tmp_path, "en/fare.md", "The fare is {{price}}.")
        assert [a.text for a in load_articles(tmp_path)] == ["The fare is 1,000 won.", "요금은 1,000원입니다."]

    def test_windows_line_ends_and_a_byte_order_mark_are_accepted(self, tmp_path: Path) -> None:
        (tmp_path / "x.md").write_bytes(b"\xef\xbb\xbf---\r\ntitle: Fare\r\n---\r\nText.\r\n")
        (article,) = load_articles(tmp_path)
        assert (article.title, article.text) == ("Fare", "Text.")


class TestWithoutFrontMatter:
    def test_the_title_is_the_first_heading_outside_code(self, tmp_path: Path) -> None:
        write(tmp_path, "x.md", "```sh\n# a comment\n```\n\n## Opening hours ##\n\nAlways.\n")
        assert load_articles(tmp_path)[0].title == "Opening hours"

    def test_the_title_falls_back_to_the_file_name(self, tmp_path: Path) -> None:
        write(tmp_path, "이용 안내.md", "자전거를 빌립니다.\n")
        assert load_articles(tmp_path)[0].title == "이용 안내"

    @pytest.mark.parametrize(
        ("text", "lang"),
        [
            ("Return the bike to a dock.", "en"),
            ("자전거를 거치대에 반납합니다.", "ko"),
            ("예측은 LightGBM과 XGBoost로 학습한 모델이 만듭니다.", "ko"),
            ("The Seoul service is called 따릉이 by its riders and by the city.", "en"),
        ],
    )
    def test_the_language_is_told_by_the_script(self, tmp_path: Path, text: str, lang: str) -> None:
        write(tmp_path, "x.md", text)
        assert load_articles(tmp_path)[0].lang == lang

    def test_the_id_is_the_path_without_its_language(self, tmp_path: Path) -> None:
        write(tmp_path, "ko/rules/index.md", "규칙입니다.")
        write(tmp_path, "ko/fares/index.md", "요금입니다.")
        assert [a.id for a in load_articles(tmp_path)] == ["fares/index", "rules/index"]

    def test_hidden_files_are_passed_over(self, tmp_path: Path) -> None:
        write(tmp_path, "x.md", "Text.")
        write(tmp_path, ".drafts/y.md", "Draft.")
        assert [a.id for a in load_articles(tmp_path)] == ["x"]


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Costs {{pirce}}.", r"unknown placeholder \{\{pirce\}\}"),
            ("---\nlang: fr\n---\nCosts {{price}}.", r"no text for 'fr'"),
            ("---\ntitle: [a\n---\nText.", "bad front matter"),
            ("---\njust words\n---\nText.", "bad front matter"),
            ("---\ntitle: 7\n---\nText.", "`title` must be str"),
            ("---\ndemo: maybe\n---\nText.", "`demo` must be bool"),
            ("---\nupdated: soon\n---\nText.", "`updated` must be date"),
            ("---\nquestions: Why?\n---\nText.", "`questions` must be list"),
            ("---\nquestions:\n  - Why: now\n---\nText.", "`questions` must be texts"),
            ("---\nsections:\n  Fees:\n    - Why?\n---\n## Fares\nText.", "there is no section 'Fees'"),
            ("---\nsections:\n  Fees: Why?\n---\n## Fees\nText.", "`sections` must list texts"),
            ("---\nfacts:\n  map: {value: yes, says: A map}\n---\nNo plan.", "the text does not say 'A map'"),
            ("---\nfacts:\n  map: yes\n---\nText.", "the fact 'map' needs `value` and `says`"),
        ],
    )
    def test_the_file_and_the_reason_are_named_in_one_line(self, tmp_path: Path, text: str, reason: str) -> None:
        write(tmp_path, "city.toml", PRICE)
        path = write(tmp_path, "wrong.md", text)
        with pytest.raises(ArticleError, match=reason) as caught:
            load_articles(tmp_path)
        assert caught.value.path == path
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(("toml", "reason"), [("[price", "not TOML"), ("price = 1000", "must be a table")])
    def test_broken_settings_are_named(self, tmp_path: Path, toml: str, reason: str) -> None:
        path = write(tmp_path, "city.toml", toml)
        write(tmp_path, "x.md", "Text.")
        with pytest.raises(ArticleError, match=reason) as caught:
            load_articles(tmp_path)
        assert caught.value.path == path

    def test_another_encoding_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "x.md").write_bytes("자전거".encode("cp949"))
        with pytest.raises(ArticleError, match=r"x\.md: not UTF-8 \(byte 0\)"):
            load_articles(tmp_path)

    def test_two_articles_of_one_id_are_refused(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md", "---\nid: fare\n---\nOne.")
        write(tmp_path, "b.md", "---\nid: fare\n---\nTwo.")
        with pytest.raises(ArticleError, match=r"b\.md: id 'fare' \(en\) is already taken by .*a\.md"):
            load_articles(tmp_path)

    @pytest.mark.parametrize("folder", ["empty", "absent"])
    def test_a_folder_without_articles_is_named(self, tmp_path: Path, folder: str) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(ArticleError, match=f"{folder}: no Markdown files"):
            load_articles(tmp_path / folder)
