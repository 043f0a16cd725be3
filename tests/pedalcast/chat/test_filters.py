"""A question that is searched in some of the documents only: by language, kind, document and tag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.chat.conftest import PATIENT, Start
from tests.pedalcast.chat.test_with_model import opened

PATH = "/api/v1/chat"
QUESTION = "How much is a day pass?"
ARTICLES = {
    "city.en": ("fares", "en", "A day pass costs 5,000 won."),
    "harbour.en": ("harbour", "en", "A day pass costs 6,000 won at the harbour."),
    "city.ko": ("fares", "ko", "일일권 요금은 5,000원입니다."),
}


@pytest.fixture(scope="module")
def fares(tmp_path_factory: pytest.TempPathFactory, chat_redis: str, start_service: Start) -> Iterator[httpx.Client]:
    """A chat over three short articles, which keeps its answers for a while."""
    folder = tmp_path_factory.mktemp("filters")
    help_dir = folder / "help"
    help_dir.mkdir()
    for name, (topic, lang, text) in ARTICLES.items():
        front = f"---\nid: {name.split('.')[0]}\ntitle: Day passes\nlang: {lang}\ntopic: {topic}\n---\n"
        (help_dir / f"{name}.md").write_text(front + text, encoding="utf-8")
    settings = Settings(_env_file=None, redis_url=chat_redis, data_dir=folder, help_dir=help_dir, **PATIENT)
    with start_service(create_app(settings)) as client:
        yield opened(client)


def ask(client: httpx.Client, question: str = QUESTION, **filters: Any) -> dict[str, Any]:
    response = client.post(PATH, json={"question": question, "filters": filters} if filters else {"question": question})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def documents(answer: dict[str, Any]) -> set[str]:
    return {source["document_id"] for source in answer["sources"]}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"tag": "harbour"}, {"harbour.en"}),
        ({"tag": ["harbour", "nothing"]}, {"harbour.en"}),
        ({"document_id": "city.en"}, {"city.en"}),
        ({"document_id": ["city.en", "city.ko"], "lang": "en"}, {"city.en"}),
        ({"kind": "article", "tag": "fares"}, {"city.en"}),
        ({"kind": ["pdf", "docx"]}, set()),
        ({"tag": "harbour", "document_id": "city.en"}, set()),
        ({"lang": "ko", "tag": "harbour"}, set()),
    ],
)
def test_answers_from_what_the_filters_admit(fares: httpx.Client, filters: dict[str, Any], found: set[str]) -> None:
    answer = ask(fares, **filters)
    assert documents(answer) == found
    assert answer["metadata"]["answered"] is bool(found)


def test_a_language_is_kept_to_whatever_the_question_is_in(fares: httpx.Client) -> None:
    assert documents(ask(fares, lang=["ko"])) <= {"city.ko"}  # those in English would answer it
    assert documents(ask(fares, "day pass 얼마예요?", lang="en")) <= {"city.en", "harbour.en"}


def test_an_answer_is_given_again_under_the_same_filters_only(fares: httpx.Client) -> None:
    question = "What does a day pass cost?"
    asked = [
        ask(fares, question, document_id="city.en"),
        ask(fares, question, document_id="harbour.en"),
        ask(fares, question, document_id=["harbour.en"]),
    ]
    assert [answer["metadata"]["cached"] for answer in asked] == [False, False, True]
    assert [documents(answer) for answer in asked] == [{"city.en"}, {"harbour.en"}, {"harbour.en"}]


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ({"colour": "red"}, "body.filters.colour"),
        ({"lang": "fr"}, "body.filters.lang"),
        ({"tag": []}, "body.filters.tag"),
        ({"document_id": ""}, "body.filters.document_id"),
        ({"kind": 3}, "body.filters.kind"),
        ("fares", "body.filters"),
    ],
)
def test_what_is_no_filter_is_refused(fares: httpx.Client, filters: Any, where: str) -> None:
    response = fares.post(PATH, json={"question": QUESTION, "filters": filters})
    assert (response.status_code, response.json()["error"]) == (422, "invalid_request")
    assert all(fault["where"].startswith(where) for fault in response.json()["errors"])
