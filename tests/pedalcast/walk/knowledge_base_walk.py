"""A knowledge base from a guest's first question to a deleted document, told as it went.

Two replicas share everything; whatever one does, the other is asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pypdfium2

from tests.pedalcast.people_service import PASSWORD, bearer

PATIENCE_S = 900.0  # a worker gives way to everything else on a busy machine
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file of the recorded documents, what is asked of it, and what the answer must quote from which page."""

    name: str
    question: str
    quoted: str
    page: int | None = None


FILES = (
    AskedFile("ko-pdf-report-table.pdf", "만족 응답 비율은 얼마나 올랐나요?", "58.0%에서 76.0%로", 1),
    AskedFile(
        "en-pdf-ocr-layer.pdf", "What did a rebel bullet take out of the friend's arm?", "a piece out of his arm", 2
    ),
    AskedFile("ko-docx-contract.docx", "비밀유지 의무는 계약 종료 후 몇 년인가요?", "계약 종료 후 3년간"),
    AskedFile("en-docx-sample-alt.docx", "How do I get started with swimming?", "first lay down in a water"),
    AskedFile(
        "ko-hwpx-mfds-notice.hwpx",
        "의료기기의 생산·수입 중단 사실을 알리기 위한 서한을 첨부하여 제출할 수 있나요?",
        "서한 등을 함께 첨부하여 제출할 수 있다",
    ),
)
DELETED = FILES[-1]


@dataclass(slots=True)
class WalkLog:
    """What was done, one line or paragraph after another, as a page in Markdown."""

    lines: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """A new step."""
        self.lines += ["", f"## {text}", ""]

    def did(self, text: str) -> None:
        """Something that happened."""
        self.lines.append(f"- {text}")

    def answer(self, where: str, question: str, data: Json) -> None:
        """A question and what came back, with its sources."""
        self.lines += ["", f"{where}: **{question}**", ""]
        self.lines += [f"> {line}".rstrip() for line in str(data["response"]).splitlines()]
        self.lines += [">", *(f"> [{source['n']}] {_place(source)}" for source in data["sources"]), ""]


def _place(source: Json) -> str:
    page = f", page {source['page']}" if source["page"] else ""
    heading = f", under “{source['heading']}”" if source["heading"] else ""
    return f"{source['title']}{page}{heading}"


class Person:
    """Somebody with a token, who may use either replica."""

    def __init__(self, replicas: Sequence[httpx.Client], token: str) -> None:
        self._replicas = replicas
        self.token = token

    def call(self, replica: int, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer of replica 1 or 2."""
        return self._replicas[replica - 1].request(method, path, headers=bearer(self.token), **given)

    def done(self, replica: int, method: str, path: str, **given: Any) -> Json:
        """The body of an answer that is none of an error."""
        response = self.call(replica, method, path, **given)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        body: Json = response.json()
        return body

    def ask(self, replica: int, question: str, **where: Any) -> Json:
        """The answer to a question that is kept: `response` and `sources`."""
        body = {"message": question} | where
        data: Json = self.done(replica, "POST", "/api/v1/chatbot/chat", json=body)["data"]
        return data


class KnowledgeBaseWalk:
    """The way itself; every step asserts what it shows."""

    def __init__(self, replicas: Sequence[httpx.Client], documents: Path, publish_stations: Callable[[], None]) -> None:
        self._replicas = replicas
        self._documents = documents
        self._publish_stations = publish_stations
        self._ids: dict[str, str] = {}
        self.log = WalkLog()

    def run(self) -> None:
        """All of it, in order."""
        keeper = self._register("keeper", self._guest())
        bot = self._make_bot(keeper)
        self._upload(keeper, bot)
        self._ask_documents(keeper, bot)
        self._open_page(keeper, bot)
        self._add_workflow(keeper, bot)
        mate = self._share(keeper, bot)
        self._delete(keeper, mate, bot)

    def _guest(self) -> Person:
        self.log.heading("A guest asks")
        guest = Person(self._replicas, self._replicas[0].post("/api/v1/triple/user", json={}).json()["token"])
        question = "How do I rent a bike?"
        data = guest.ask(1, question)
        assert data["sources"]
        self.log.answer("Replica 1", question, data)
        return guest

    def _register(self, name: str, guest: Person) -> Person:
        self.log.heading("The guest registers, and the chat is kept")
        keeper = self._member(1, name, guest_token=guest.token)
        kept = keeper.done(2, "GET", "/api/v1/chatbot/sessions")["data"]
        assert [(session["title"], session["message_count"]) for session in kept] == [("How do I rent a bike?", 2)]
        self.log.did(f"Replica 1: `{name}` has an account and signs in with the guest's token.")
        self.log.did(f"Replica 2 lists the chat “{kept[0]['title']}” with {kept[0]['message_count']} messages.")
        return keeper

    def _member(self, replica: int, name: str, **signing_in: str) -> Person:
        client = self._replicas[replica - 1]
        body = {"email": f"{name}@example.org", "username": name, "password": PASSWORD}
        assert client.post("/api/v1/auth/register", json=body).status_code == 201
        signed_in = client.post("/api/v1/auth/login", json={"username": name, "password": PASSWORD} | signing_in)
        return Person(self._replicas, str(signed_in.json()["access"]))

    def _make_bot(self, keeper: Person) -> str:
        self.log.heading("Makes a bot")
        made = keeper.done(1, "POST", "/api/v1/bots", json={"name": "Handbook", "retrieval": {"live_stations": True}})
        self.log.did(f"Replica 1: bot “{made['name']}”, {made['visibility']}, version {made['version']}.")
        return str(made["id"])

    def _upload(self, keeper: Person, bot: str) -> None:
        self.log.heading("Uploads five documents")
        for number, file in enumerate(FILES):
            content = (self._documents / file.name).read_bytes()
            given = {"params": {"bot_id": bot}, "files": {"file": (file.name, content)}}
            body = keeper.done(1 + number % 2, "POST", "/api/v1/documents/upload", **given)
            self._ids[file.name] = str(body["id"])
        for number, file in enumerate(FILES):
            other = 2 - number % 2
            until(lambda file=file, other=other: self._state(keeper, other, file) in {"ready", "failed"})  # type: ignore[misc]
            row = keeper.done(other, "GET", f"/api/v1/documents/{self._ids[file.name]}")
            assert row["state"] == "ready", row
            pages = f", {row['pages_total']} pages" if row["pages_total"] else ""
            self.log.did(
                f"`{file.name}` ({row['kind']}{pages}) goes to replica {1 + number % 2}; the worker takes it in; "
                f"replica {other} says `{row['state']}`."
            )

    def _state(self, keeper: Person, replica: int, file: AskedFile) -> str:
        return str(keeper.done(replica, "GET", f"/api/v1/documents/{self._ids[file.name]}")["state"])

    def _ask_documents(self, keeper: Person, bot: str) -> None:
        self.log.heading("Asks")
        for number, file in enumerate(FILES):
            replica = 2 - number % 2
            data = keeper.ask(replica, file.question, bot_id=bot)
            source = self._source(data, file)
            assert file.quoted in " ".join(quote["text"] for quote in source["quotes"]), data
            assert source["page"] == file.page
            self.log.answer(f"Replica {replica}", file.question, data)

    def _source(self, data: Json, file: AskedFile) -> Json:
        sources = [source for source in data["sources"] if source["document_id"] == self._ids[file.name]]
        assert sources, data
        return sources[0]

    def _open_page(self, keeper: Person, bot: str) -> None:
        self.log.heading("Opens the cited page")
        file = FILES[1]
        source = self._source(keeper.ask(1, file.question, bot_id=bot), file)
        passage = keeper.done(2, "GET", source["url"])
        quote = parse_qs(urlsplit(source["url"]).query)["quote"][0]
        assert passage["passage"] == quote
        address, _, fragment = str(passage["file"]).partition("#page=")
        content = keeper.call(2, "GET", address).content
        assert content == (self._documents / file.name).read_bytes()
        with pypdfium2.PdfDocument(BytesIO(content)) as pdf:
            page = pdf[int(fragment) - 1].get_textpage().get_text_range()
        assert _plain(file.quoted) in _plain(page)
        self.log.did(
            f"Replica 2, the source's address: “{quote}” on page {passage['page']}, marked in its surroundings."
        )
        self.log.did(f"The downloaded PDF is the uploaded one, and its page {fragment} says so.")

    def _add_workflow(self, keeper: Person, bot: str) -> None:
        self.log.heading("Gives the bot a workflow with a condition")
        self._publish_stations()
        until(lambda: keeper.call(2, "GET", "/api/v1/predict/stations").is_success)
        stations = keeper.done(2, "GET", "/api/v1/realtime/stations")["stations"]
        station = max(stations, key=lambda one: one["bikes"])
        for at_least, outcome in ((1, "yes"), (10_000, "no")):
            graph = stock_graph(keeper, station["name"], at_least)
            keeper.done(1, "PUT", f"/api/v1/bots/{bot}/workflow", json=graph)
            body = {"message": FILES[2].question}
            run = keeper.done(2, "POST", f"/api/v1/bots/{bot}/workflow/run", json=body)
            way = [f"{node['node']} ({node['outcome']})" if node["outcome"] else node["node"] for node in run["trace"]]
            assert f"enough ({outcome})" in way
            self.log.did(f"At least {at_least:,} bikes wanted, dry run on replica 2: {' → '.join(way)}.")
            keeper.done(1, "PATCH", f"/api/v1/bots/{bot}", json={"publish": True})
            data = keeper.ask(2, FILES[2].question, bot_id=bot)
            if outcome == "yes":
                assert data["response"].startswith("Go: "), data
                assert [source["type"] for source in data["sources"]] == ["station"]
            else:
                assert FILES[2].quoted in data["response"], data
            self.log.answer("Published; replica 2", FILES[2].question, data)
        keeper.done(1, "DELETE", f"/api/v1/bots/{bot}/workflow")
        keeper.done(1, "PATCH", f"/api/v1/bots/{bot}", json={"publish": True})
        self.log.did("Replica 1 goes back to the default workflow, and publishes that.")

    def _share(self, keeper: Person, bot: str) -> Person:
        self.log.heading("Shares it with a team")
        mate = self._member(2, "mate")
        assert mate.call(2, "GET", f"/api/v1/bots/{bot}").status_code == 404
        self.log.did("Replica 2: for `mate` there is no such bot (404).")
        team = keeper.done(1, "POST", "/api/v1/teams", json={"name": "Station crew"})["id"]
        keeper.done(1, "PUT", f"/api/v1/teams/{team}/members", json={"username": "mate", "role": "reader"})
        keeper.done(1, "PATCH", f"/api/v1/bots/{bot}", json={"team_id": team})
        self.log.did("Replica 1: a team “Station crew” with `mate` as a reader, and the bot is shared with it.")
        data = mate.ask(2, DELETED.question, bot_id=bot)
        self._source(data, DELETED)
        self.log.answer("`mate`, replica 2", DELETED.question, data)
        return mate

    def _delete(self, keeper: Person, mate: Person, bot: str) -> None:
        self.log.heading("Deletes a document")
        source = self._source(mate.ask(2, DELETED.question, bot_id=bot), DELETED)
        keeper.done(1, "DELETE", f"/api/v1/documents/{self._ids[DELETED.name]}")
        data = mate.ask(2, DELETED.question, bot_id=bot)
        assert source["document_id"] not in {one["document_id"] for one in data["sources"]}
        assert DELETED.quoted not in data["response"]
        gone = mate.call(2, "GET", source["url"])
        assert gone.status_code == 410
        self.log.did(f"Replica 1 deletes `{DELETED.name}`.")
        self.log.answer("`mate`, replica 2", DELETED.question, data)
        self.log.did(f"The source of the answer before says: {gone.json()['message']} ({gone.status_code})")


def stock_graph(keeper: Person, station: str, at_least: int) -> Json:
    """The example with a condition on the stock of this station."""
    graph: Json = keeper.done(1, "GET", "/api/v1/workflows/examples")["data"]["stock"]
    own: dict[str, Json] = {"stock": {"station": station}, "enough": {"value": at_least}}
    return graph | {"nodes": [node | own.get(node["id"], {}) for node in graph["nodes"]]}


def _plain(text: str) -> str:
    return "".join(text.split())


def until(done: Callable[[], bool]) -> None:
    """Wait for it."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


def page(log: WalkLog) -> Iterator[str]:
    """The lines of the page."""
    yield "# A knowledge base, from a guest's question to a deleted document"
    yield ""
    yield "What two replicas and a worker answered, on one PostgreSQL with pgvector, one Redis and one object store,"
    yield "without a language model. The files are real ones of other projects; the last is a public notice. Made by"
    yield "`WALK_PAGE=docs/knowledge-bases-walk.md python -m pytest tests/pedalcast/walk`, which also checks all of it."
    yield from log.lines
