"""Documents over a socket: from the upload to the answer, and out of it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pedalcast.documents.intake.received_file import plain_name
from tests.pedalcast.documents.document_service import DocumentClient
from tests.pedalcast.people_service import PASSWORD, bearer

Eventually = Callable[[Callable[[], bool]], None]
TANDEM = b"# Bells\n\nThe bell of a folding tandem is tuned to A flat.\n"
QUESTION = "Which note is the bell of a folding tandem tuned to?"


def _ready(documents: DocumentClient, eventually: Eventually, content: bytes = TANDEM, name: str = "bells.md") -> str:
    response = documents.upload(name, content)
    assert response.status_code == 202, response.text
    document = str(response.json()["id"])
    eventually(lambda: documents.state(document) not in {"queued", "parsing", "embedding"})
    assert documents.call("GET", f"/{document}").json()["state"] == "ready"
    return document


class TestUpload:
    def test_a_document_is_answered_from_once_it_is_ready(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        response = documents.upload("종 안내.md", TANDEM)
        assert (response.status_code, response.json()["state"]) == (202, "queued")
        document = response.json()["id"]
        eventually(lambda: documents.state(document) == "ready")
        assert documents.answers(QUESTION) == {document}
        shown = documents.call("GET", f"/{document}/").json()
        assert (shown["name"], shown["kind"], shown["title"]) == ("종 안내.md", "markdown", "Bells")
        assert (shown["version"], shown["answering"], shown["error"], shown["size"]) == (1, 1, None, len(TANDEM))
        assert [d["id"] for d in documents.call("GET", bot_id=documents.bot_id).json()["data"]] == [document]
        assert documents.call("GET", f"/{document}/download").content == TANDEM
        preview = documents.call("GET", f"/{document}/preview", start=2, length=5).json()
        assert (preview["text"], preview["headings"]) == ("Bells", [])

    def test_the_same_content_is_not_taken_in_twice(self, documents: DocumentClient, eventually: Eventually) -> None:
        with ThreadPoolExecutor(4) as pool:
            responses = list(pool.map(lambda n: documents.upload(f"{n}.md", TANDEM), range(4)))
        assert {r.status_code for r in responses} == {202}
        assert len({r.json()["id"] for r in responses}) == 1
        assert sorted(r.json()["duplicate"] for r in responses) == [False, True, True, True]
        document = responses[0].json()["id"]
        eventually(lambda: documents.state(document) == "ready")
        assert len(documents.call("GET", bot_id=documents.bot_id).json()["data"]) == 1
        assert len(documents.runtime.documents.objects.list("documents/")) == 1

    def test_what_cannot_be_read_fails_with_a_code_and_a_sentence(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        for name, content, code in (
            ("empty.txt", b"", "empty_document"),
            ("picture.pdf", b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "unsupported_type"),
            ("broken.pdf", b"%PDF-1.7\nthis is no PDF\n%%EOF", "damaged"),
        ):
            document = documents.upload(name, content).json()["id"]
            eventually(lambda document=document: documents.state(document) == "failed")  # type: ignore[misc]
            problem = documents.call("GET", f"/{document}").json()["error"]
            assert problem["code"] == code
            assert problem["message"].endswith(".")
            assert documents.call("GET", f"/{document}/preview").status_code == 409
        assert documents.answers("PNG") == set()
        listed = documents.call("GET", bot_id=documents.bot_id, state="failed").json()["data"]
        assert len(listed) == 3
        again = documents.upload("empty.txt", b"")  # of content that failed one may try again
        assert again.json()["duplicate"] is False

    def test_wrong_forms_are_refused_and_leave_nothing(self, documents: DocumentClient) -> None:
        client, query = documents.service.client, {"bot_id": documents.bot_id}
        path, headers = "/api/v1/documents/upload", bearer(documents.token)
        boundary = {"Content-Type": "multipart/form-data; boundary=x"}
        part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello'
        for status, extra, content in (
            (415, {"Content-Type": "application/json"}, b"{}"),
            (415, {}, b""),
            (400, {"Content-Type": "multipart/form-data"}, part),
            (400, boundary, b"no form at all"),
            (400, boundary, part),  # no end
            (400, boundary, part.replace(b'name="file"', b'name="other"') + b"\r\n--x--\r\n"),
            (400, boundary, part.replace(b'; filename="a.txt"', b"") + b"\r\n--x--\r\n"),
            (400, boundary, part + b"\r\n" + part + b"\r\n--x--\r\n"),
            (413, boundary, part + b"x" * (3 << 20) + b"\r\n--x--\r\n"),
        ):
            response = client.post(path, params=query, headers=headers | extra, content=content)
            assert response.status_code == status, (content[:80], response.text)
        chunked = client.post(path, params=query, headers=headers | boundary,
                              content=(b"y" * 65536 for _ in range(64)))  # fmt: skip
        assert chunked.status_code in {400, 413}
        assert documents.call("GET", bot_id=documents.bot_id).json()["data"] == []
        assert documents.runtime.documents.objects.list("documents/") == []
        assert list(documents.runtime.documents.folder.iterdir()) == []

    def test_names_are_only_names(self, documents: DocumentClient) -> None:
        assert plain_name("guide\u202efdp.exe\x85") == "guidefdp.exe"  # not shown as "guideexe.pdf"
        shown = documents.upload("../../etc/passwd.txt", b"root").json()
        assert shown["name"] == "passwd.txt"
        (key,) = documents.runtime.documents.objects.list("documents/")
        assert key.startswith(f"documents/{shown['id']}/")


class TestRights:
    def test_another_member_s_documents_are_not_there(self, documents: DocumentClient, eventually: Eventually) -> None:
        document = _ready(documents, eventually)
        other, (_, guest) = documents.service.member("other"), documents.service.guest()
        for token in (other, guest):
            assert documents.upload("x.md", b"x", token).status_code in {403, 404}
            assert documents.call("GET", token=token, bot_id=documents.bot_id).status_code == 404
            for path in ("", "/preview", "/passage", "/download"):
                assert documents.call("GET", f"/{document}{path}", token).status_code == 404
            for path in ("/reindex", "/cancel"):
                assert documents.call("POST", f"/{document}{path}", token).status_code in {403, 404}
            assert documents.call("DELETE", f"/{document}", token).status_code in {403, 404}
        assert documents.state(document) == "ready"
        assert documents.upload("x.md", b"x", bot_id="help").status_code == 403
        assert documents.upload("x.md", b"x", bot_id="none").status_code == 404


class TestDelete:
    def test_it_is_out_of_every_answer_at_once_and_gone_in_the_end(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        document = _ready(documents, eventually)
        assert documents.call("DELETE", f"/{document}").json()["state"] == "deleting"
        until = time.monotonic() + 2.0
        while documents.answers(QUESTION):
            assert time.monotonic() < until
        eventually(lambda: documents.runtime.documents.objects.list("documents/") == [])
        index = documents.retrieval.index
        eventually(lambda: index.vectors("en").count() == 0)  # type: ignore[attr-defined]
        assert (index.store.count(documents.bot_id), index.store.removed()) == (0, [])
        for path in ("", "/preview", "/passage", "/download"):
            gone = documents.call("GET", f"/{document}{path}")
            assert (gone.status_code, gone.json()["error"]) == (410, "document_deleted")
        assert documents.call("DELETE", f"/{document}").status_code == 410
        assert documents.call("GET", bot_id=documents.bot_id).json()["data"] == []
        assert documents.upload("again.md", TANDEM).json()["duplicate"] is False

    def test_with_its_bot(self, documents: DocumentClient, eventually: Eventually) -> None:
        document = _ready(documents, eventually)
        response = documents.service.client.delete(f"/api/v1/bots/{documents.bot_id}", headers=bearer(documents.token))
        assert response.status_code in {200, 202, 204}
        eventually(lambda: documents.runtime.documents.objects.list("documents/") == [])
        eventually(lambda: documents.retrieval.index.vectors("en").count() == 0)  # type: ignore[attr-defined]
        assert documents.call("GET", f"/{document}").status_code == 404

    def test_that_there_was_one_is_said_to_those_alone_who_may_ask_the_bot(self, documents: DocumentClient) -> None:
        document = documents.upload("bells.md", TANDEM).json()["id"]
        assert documents.call("DELETE", f"/{document}").status_code == 202
        other = documents.service.member("other")
        for method, path in (("GET", ""), ("GET", "/preview"), ("GET", "/download"), ("POST", "/reindex"),
                             ("POST", "/cancel"), ("DELETE", "")):  # fmt: skip
            refused = documents.call(method, f"/{document}{path}", other)
            assert (refused.status_code, refused.json()["error"]) == (404, "document_not_found")
            assert documents.call(method, f"/{document}{path}").status_code == 410

    def test_with_its_owner_s_account(self, documents: DocumentClient, eventually: Eventually) -> None:
        _ready(documents, eventually)
        deleted = documents.service.post("/api/v1/auth/delete", {"password": PASSWORD}, documents.token)
        assert deleted.status_code == 202
        eventually(lambda: documents.runtime.documents.objects.list("documents/") == [])
        eventually(lambda: documents.retrieval.index.vectors("en").count() == 0)  # type: ignore[attr-defined]
        assert documents.answers(QUESTION) == set()


class TestVersions:
    def test_a_newer_one_replaces_and_one_that_cannot_be_read_does_not(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        document = _ready(documents, eventually)
        replaced = documents.upload("bells2.md", TANDEM.replace(b"A flat", b"C sharp"), document_id=document)
        assert (replaced.json()["id"], replaced.json()["version"], replaced.json()["answering"]) == (document, 2, 1)
        eventually(lambda: documents.call("GET", f"/{document}").json()["answering"] == 2)
        passages = documents.retrieval.search(QUESTION, lang="en", bot_id=documents.bot_id).passages
        assert [p.text.split()[-2:] for p in passages] == [["C", "sharp."]]
        assert len(documents.runtime.documents.objects.list("documents/")) == 1
        assert documents.upload("", b"", document_id=document).status_code in {202, 400}
        documents.upload("bad.pdf", b"%PDF-1.7\nno", document_id=document)
        eventually(lambda: documents.call("GET", f"/{document}").json()["error"] is not None)
        eventually(lambda: documents.state(document) == "ready")
        shown = documents.call("GET", f"/{document}").json()
        assert (shown["version"], shown["answering"], shown["name"]) == (2, 2, "bells2.md")
        assert documents.answers(QUESTION) == {document}
        assert b"C sharp" in documents.call("GET", f"/{document}/download").content

    def test_the_same_content_of_another_document_is_no_newer_version(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        document = _ready(documents, eventually)
        other = _ready(documents, eventually, b"Something else.", "other.txt")
        refused = documents.upload("x.md", TANDEM, document_id=other)
        assert (refused.status_code, refused.json()["document_id"]) == (409, document)
        assert documents.upload("x.md", b"Something else.", document_id=other).json()["duplicate"] is True
        assert len(documents.runtime.documents.objects.list("documents/")) == 2


class TestPassage:
    def test_it_is_opened_where_it_stands_also_after_a_change(
        self, documents: DocumentClient, eventually: Eventually
    ) -> None:
        document = _ready(documents, eventually, TANDEM.replace(b"\n\n", b"\n\n## Tuning\n\n"))
        found = documents.retrieval.search(QUESTION, lang="en", bot_id=documents.bot_id).passages[0]
        query = {"chunk_id": found.chunk_id, "quote": "The bell of a  folding tandem is tuned to A flat."}
        opened = documents.call("GET", f"/{document}/passage", **query).json()
        assert opened["passage"] == "The bell of a folding tandem is tuned to A flat."
        assert (opened["changed"], opened["before"][:7]) == (False, "# Bells")
        assert (found.heading, opened["heading"]) == ("Tuning", "Tuning")
        assert documents.call("GET", f"/{document}/passage", quote="not in it").status_code == 404
        documents.upload("more.md", b"# More\n\nBefore it.\n\n" + TANDEM, document_id=document)
        eventually(lambda: documents.call("GET", f"/{document}").json()["answering"] == 2)
        opened = documents.call("GET", f"/{document}/passage", **query).json()
        assert (opened["changed"], opened["passage"].split()[-1]) == (True, "flat.")
        assert documents.call("GET", f"/{document}/passage", chunk_id=found.chunk_id).status_code == 404
