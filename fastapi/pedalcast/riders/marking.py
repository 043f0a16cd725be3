"""Asks every question once and scores its answer by machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pedalcast.riders.catalogue import RiderQuestion, RiderVerdict
from pedalcast.riders.document_answers import judge_article, judge_refusal
from pedalcast.riders.seeded import RiderClient, seeded_city
from pedalcast.riders.station_answers import CityNow, judge_station_answer


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """A question, the API's answer, the machine's verdict on it, and how long it took."""

    question: RiderQuestion
    answer: Mapping[str, Any]
    verdict: RiderVerdict
    seconds: float


async def ask_all(
    questions: Sequence[RiderQuestion], folder: Path, on_question: Callable[[int, int], None]
) -> list[MarkedAnswer]:
    """Ask and mark all of them in a seeded city whose data lie in `folder`; `on_question` gets (done, total)."""
    async with seeded_city(folder) as client:
        marked = []
        for number, question in enumerate(questions, 1):
            marked.append(await _mark(question, client))
            on_question(number, len(questions))
        return marked


async def _mark(question: RiderQuestion, client: RiderClient) -> MarkedAnswer:
    began = time.perf_counter()
    answer = await client.ask(question)
    seconds = time.perf_counter() - began
    now = CityNow(await client.stations(), await client.forecasts()) if question.expect.type == "live" else None
    return MarkedAnswer(question, answer, verdict_of(question, answer, now), seconds)


def verdict_of(question: RiderQuestion, answer: Mapping[str, Any], now: CityNow | None) -> RiderVerdict:
    """The machine's verdict; `now` is needed for questions about stations only."""
    if question.expect.type == "refuse":
        return judge_refusal(answer)
    if question.expect.type == "live" and now is not None:
        return judge_station_answer(question, answer, now)
    return judge_article(question.expect, answer)
