"""The rule, by its cases."""

from __future__ import annotations

import pytest

from pedalcast.plans.plan_rule import Decision, PlanOption, Reason, Verdict, decide, walk_minutes

LATER = [PlanOption(0.7, 5), PlanOption(0.85, 10), PlanOption(0.9, 15)]
NEAR = [PlanOption(0.5, 2), PlanOption(0.97, 4), PlanOption(0.99, 7)]


class TestDecide:
    def test_goes_where_it_is_likely_whatever_else_there_is(self) -> None:
        assert decide(0.8, LATER, NEAR) == Decision(Verdict.GO, Reason.LIKELY)

    def test_takes_the_nearest_likely_station_when_that_is_sooner_than_waiting(self) -> None:
        assert decide(0.3, LATER, NEAR) == Decision(Verdict.ELSEWHERE, Reason.NEARBY, place=1)

    def test_waits_when_the_wait_is_shorter_than_the_walk(self) -> None:
        assert decide(0.3, [PlanOption(0.9, 5)], [PlanOption(0.9, 9)]) == Decision(Verdict.WAIT, Reason.LATER, wait=0)

    def test_prefers_what_is_likely_to_what_is_only_likelier(self) -> None:
        assert decide(0.3, [PlanOption(0.6, 5)], [PlanOption(0.9, 9)]).verdict is Verdict.ELSEWHERE
        assert decide(0.3, [PlanOption(0.9, 15)], [PlanOption(0.6, 2)]).verdict is Verdict.WAIT

    def test_goes_when_nothing_is_worth_the_change(self) -> None:
        assert decide(0.7, [PlanOption(0.75, 5)], [PlanOption(0.8, 2)]) == Decision(Verdict.GO, Reason.BEST)

    def test_says_when_it_is_unlikely_here_and_everywhere(self) -> None:
        assert decide(0.2, [PlanOption(0.25, 5)], [PlanOption(0.3, 2)]) == Decision(Verdict.ELSEWHERE, Reason.NOWHERE)

    @pytest.mark.parametrize("here", [None, 0.1, 0.95])
    def test_never_sends_anyone_to_a_closed_station(self, here: float | None) -> None:
        assert decide(here, LATER, NEAR, closed=True) == Decision(Verdict.ELSEWHERE, Reason.CLOSED, place=1)
        assert decide(here, LATER, [], closed=True) == Decision(Verdict.ELSEWHERE, Reason.CLOSED)

    def test_of_an_unknown_station_says_so(self) -> None:
        assert decide(None, [], []) == Decision(Verdict.GO, Reason.UNKNOWN)
        assert decide(None, [], NEAR) == Decision(Verdict.ELSEWHERE, Reason.UNKNOWN, place=1)


def test_a_walk_is_longer_than_the_straight_line() -> None:
    assert walk_minutes(800) == pytest.approx(13.0)
