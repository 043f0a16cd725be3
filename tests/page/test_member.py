"""What a member and the operator do on the page."""

import io
import re

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage, Service, serious_faults
from tests.pedalcast.documents.parsing.test_reader import pdf

BELLS = b"# Bells\n\nThe bell of a folding tandem is tuned to A flat.\n"


def _register(page: Page, name: str) -> None:
    page.get_by_role("radio", name="Open an account").click()
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill("three wheels are one too many")
    page.get_by_role("button", name="Open an account").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def _pdf_of(*pages: list[str]) -> bytes:
    """A PDF of pages with these lines."""
    bound, file = pdfium.PdfDocument.new(), io.BytesIO()
    for lines in pages:
        written = (f"1 0 0 1 50 {750 - 16 * n} Tm ({line}) Tj" for n, line in enumerate(lines))
        bound.import_pages(pdfium.PdfDocument(pdf(*written)))
    bound.save(file)
    return file.getvalue()


class TestMember:
    def test_signs_in_writes_a_post_sets_an_alert_and_leaves(self, open_page: OpenPage) -> None:
        page = open_page("/account")
        _register(page, "writer")
        page.reload()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.get_by_role("link", name="Board").click()
        page.get_by_text("Write a post").click()
        page.get_by_label("Title").fill("A kind word")
        page.get_by_label("Text (Markdown)").fill("**Thanks** for the new docks. <script>alert(1)</script>")
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_role("heading", name="A kind word")).to_be_visible()
        expect(page.locator("strong", has_text="Thanks")).to_be_visible()
        page.get_by_role("link", name="Account").click()
        page.get_by_role("link", name="Alerts").click()
        page.get_by_role("combobox", name="Which station").fill("101.")
        page.get_by_role("option").first.click()
        page.get_by_role("button", name="Add the alert").click()
        expect(page.get_by_text(re.compile("1 bike or fewer within 30 min"))).to_be_visible()
        page.get_by_role("radio", name="A neighbourhood").click()
        page.get_by_label("Within").select_option("1000")
        page.get_by_role("checkbox", name="Sun").uncheck()
        page.get_by_label("From (city time, empty: always)").fill("07:30")
        page.get_by_label("Until").fill("09:00")
        page.get_by_role("button", name="Add the alert").click()
        rule = re.compile(r"within 1000 m of .*Mon Tue Wed Thu Fri Sat, 07:30–09:00")
        expect(page.get_by_text(rule)).to_be_visible()
        page.get_by_role("link", name="Account").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


class TestBots:
    def test_a_bot_is_made_set_as_json_published_and_shared(self, open_page: OpenPage) -> None:
        page = open_page("/account")
        _register(page, "maker")
        page.get_by_role("link", name="Bots").click()
        page.get_by_label("Name").fill("Depot rules")
        page.get_by_role("button", name="Make a bot").click()
        expect(page.get_by_role("heading", name="Depot rules")).to_be_visible()
        page.get_by_label("Add documents").set_input_files(
            [
                {"name": "bells.md", "mimeType": "text/markdown", "buffer": BELLS},
                {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nthis is no PDF"},
            ]
        )
        expect(page.get_by_text("The file is damaged.")).to_be_visible()
        page.get_by_role("link", name="Bells").click()
        expect(page.get_by_text("The bell of a folding tandem")).to_be_visible()
        page.get_by_role("link", name="← Documents").click()
        page.get_by_role("radio", name="As JSON").click()
        settings = page.get_by_role("textbox", name="As JSON")
        before = settings.input_value()
        settings.fill(before.replace('"passages": 8', '"passages": 9'))
        page.get_by_role("button", name="Save as a draft").click()
        line = before[: before.index('"passages"')].count("\n") + 1
        expect(page.get_by_role("button", name=re.compile(f"Line {line}: retrieval.passages"))).to_be_visible()
        settings.fill(before.replace(",", "", 1))
        expect(page.get_by_role("button", name=re.compile("Line 3: "))).to_be_visible()
        settings.fill(before.replace('"passages": 8', '"passages": 3'))
        page.get_by_role("button", name="Save as a draft").click()
        expect(page.get_by_text("Version 2 is a draft.")).to_be_visible()
        page.get_by_role("radio", name="Versions").click()
        page.get_by_role("button", name="Compare with the newest").click()
        expect(page.get_by_role("cell", name="retrieval.passages")).to_be_visible()
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("Version 2 is a draft.")).to_have_count(0)
        expect(page.get_by_text("The best 3 passages")).to_be_visible()
        page.get_by_role("radio", name="Sharing").click()
        page.get_by_label("Who may ask it").select_option("public")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="← Bots").click()
        expect(page.get_by_text("Everybody")).to_be_visible()

    def test_its_workflow_is_drawn_refused_at_the_line_tried_and_saved(
        self, open_page: OpenPage, open_chat: None
    ) -> None:
        page = open_page("/account")
        _register(page, "drawer")
        page.get_by_role("link", name="Bots").click()
        page.get_by_label("Name").fill("Stock rules")
        page.get_by_role("button", name="Make a bot").click()
        page.get_by_role("radio", name="Workflow").click()
        drawing = page.get_by_role("group", name="The workflow, drawn")
        expect(drawing.get_by_role("button", name=re.compile("^rewrite"))).to_be_visible()
        page.get_by_label("Begin with an example").select_option("stock")
        expect(drawing.get_by_role("button", name=re.compile("^enough"))).to_be_visible()
        graph = page.get_by_role("textbox", name="Workflow as JSON")
        sound = graph.input_value()
        graph.fill(sound.replace('"field": "bikes"', '"field": "wheels"'))
        page.get_by_role("button", name="Save as a draft").click()
        line = sound[: sound.index('"field": "bikes"')].count("\n") + 1
        expect(page.get_by_role("button", name=re.compile(f"Line {line}: enough.field"))).to_be_visible()
        graph.fill(sound)
        page.get_by_label("Try it with a question").fill("How many bikes are at SIM-3?")
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_text(re.compile(r"^enough · (yes|no) · \d+ ms"))).to_be_visible()
        page.get_by_role("button", name="Save as a draft").click()
        expect(page.get_by_text("This bot has a workflow of its own.")).to_be_visible()
        page.get_by_role("button", name="Back to the usual workflow").click()
        expect(page.get_by_text("This is the workflow of every new bot.")).to_be_visible()
        assert serious_faults(page) == []

    def test_a_bot_answers_from_its_document_and_opens_it_where_the_sentence_stands(
        self, open_page: OpenPage, open_chat: None
    ) -> None:
        page = open_page("/account")
        _register(page, "asker")
        page.get_by_role("link", name="Bots").click()
        page.get_by_label("Name").fill("Bells")
        page.get_by_role("button", name="Make a bot").click()
        page.get_by_label("Add documents").set_input_files(
            {"name": "bells.md", "mimeType": "text/markdown", "buffer": BELLS}
        )
        expect(page.get_by_text("answers", exact=True)).to_be_visible()
        page.get_by_role("main").get_by_role("link", name="Ask", exact=True).click()
        page.get_by_role("textbox", name="Your question").fill("Which note is the bell of a folding tandem tuned to?")
        page.get_by_role("textbox", name="Your question").press("Enter")
        page.locator(".chip").first.click()
        page.get_by_role("link", name="Open it in the document").click()
        expect(page.locator("mark")).to_contain_text("folding tandem")

    def test_a_pdf_opens_at_the_cited_page_beside_its_marked_sentence(
        self, open_page: OpenPage, open_chat: None
    ) -> None:
        page = open_page("/account")
        _register(page, "binder")
        page.get_by_role("link", name="Bots").click()
        page.get_by_label("Name").fill("Fines")
        page.get_by_role("button", name="Make a bot").click()
        cited = "A trombone left in a basket costs its owner nine doubloons."
        bread, kites = (
            [f"{rule} {n} says that {what} number {n} stays on shelf {n + 7} until noon." for n in range(1, 41)]
            for rule, what in (("Bakery rule", "loaf"), ("Kite rule", "string"))
        )
        content = _pdf_of(bread, [cited], kites)
        page.get_by_label("Add documents").set_input_files(
            {"name": "fines.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        expect(page.get_by_text("answers", exact=True)).to_be_visible()
        page.get_by_role("main").get_by_role("link", name="Ask", exact=True).click()
        page.get_by_role("textbox", name="Your question").fill("What does a trombone left in a basket cost?")
        page.get_by_role("textbox", name="Your question").press("Enter")
        page.locator(".chip").first.click()
        source = page.locator(".source")
        expect(source.get_by_text("page 2")).to_be_visible()
        expect(source.locator("mark").first).to_have_text(cited)
        source.get_by_role("link", name="Open it in the document").click()
        expect(page.locator("mark", has_text=cited)).to_be_visible()
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Open the file at page 2").click()
        opened.value.wait_for_url(re.compile(r"^blob:.*#page=2$"))


class TestOperator:
    @pytest.mark.timeout(600)  # it trains a model
    def test_the_printed_link_signs_in_and_a_notice_reaches_everybody(
        self, open_page: OpenPage, service: Service
    ) -> None:
        page = open_page("/")
        page.goto(service.operator_link)
        page.get_by_role("link", name="Operations").click()
        expect(page.get_by_text("Soon without bikes")).to_be_visible()
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_text("Forecasts are made by")).to_be_visible()
        page.get_by_role("link", name="Rebalancing").click()
        expect(page.get_by_role("heading", name="Suspected faults")).to_be_visible()
        page.get_by_role("link", name="Quality").click()
        expect(page.locator(".plot canvas").first).to_be_visible()
        page.get_by_role("link", name="Users").click()
        expect(page.get_by_text(re.compile("1 account|accounts"))).to_be_visible()
        page.get_by_role("link", name="Answers").click()
        page.get_by_role("radio", name="Unanswered").click()
        expect(page.get_by_text("Nothing here yet.")).to_be_visible()
        page.get_by_role("link", name="Notices").click()
        page.get_by_label("Text (ko)").fill("폭우로 강변 대여소를 닫습니다.")
        page.get_by_label("Text (en)").fill("The riverside stations are closed: heavy rain.")
        page.get_by_role("button", name="Publish").click()
        rider = open_page("/")
        expect(rider.get_by_text("heavy rain")).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        expect(rider.get_by_text("heavy rain")).to_have_count(0)
        page.get_by_role("link", name="Training").click()
        page.get_by_role("button", name="Train a model").click()
        expect(page.get_by_role("heading", name=re.compile("^Done"))).to_be_visible(timeout=240_000)
        page.get_by_role("link", name="Models").click()
        expect(page.locator(".badge", has_text="champion")).to_be_visible()
        expect(page.get_by_text(re.compile(r"Forecasts are made by \d{8}T\d{6}"))).to_be_visible()
