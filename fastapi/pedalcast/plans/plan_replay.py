"""Plays a recorded stretch of time back and judges what the rule would have advised, beside the last value's advice.

At every few polls each station is asked for as if a rider arrived there so many minutes later; what they found then is
known. The model has been trained on nothing of the stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from collector.snapshot import POLL_SECONDS
from forecaster.arrays import Bools, Floats
from forecaster.features.lookback import last_known
from forecaster.model.boosting import ProgressCallback, ignore_progress
from forecaster.model.forecast_model import ForecastModel
from forecaster.packed_distribution import PackedDistribution
from forecaster.training.history_source import HistorySource
from forecaster.training.trainer import train
from forecaster.window import StationSet, Window
from pedalcast.forecasts.run_chances import RunChances, Want
from pedalcast.forecasts.verification.pending_runs import PendingRun
from pedalcast.plans.plan_rule import REACH_M, WAITS, Decision, PlanOption, Verdict, decide, ride_minutes, walk_minutes
from pedalcast.stations.geo import Coordinates

LOOKBACK = timedelta(hours=26)
LOOKAHEAD = timedelta(minutes=60)
PLACES = 12
FEW = 2  # now, of what is wanted: where advice matters


@dataclass(frozen=True, slots=True)
class ReplayQuestion:
    """What is asked of every station: `want`, at least `count`, `minutes` from now."""

    want: Want
    count: int
    minutes: int


@dataclass(slots=True)
class AdviceTally:
    """Questions and outcomes of one adviser.

    `held`: it was there, of those told to go. `needed`: it was not there, of
    those told to wait or sent elsewhere; `helped`: it was where (or when) they were sent. `served`: all who found it.
    """

    questions: int = 0
    served: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("go", "wait", "elsewhere", "nowhere"), 0))
    held: int = 0
    needed: int = 0
    helped: int = 0

    def add(self, kind: str, *, there: bool, instead: bool | None) -> None:
        """Count an answer: whether it was there at the station, and where one was sent (None: nowhere else)."""
        self.questions += 1
        self.counts[kind] += 1
        self.served += instead if instead is not None else there
        if kind == "go":
            self.held += there
        elif instead is not None:
            self.needed += not there
            self.helped += instead

    def row(self) -> dict[str, float | int]:
        """Shares, as the page and the JSON have them; NaN where there is nothing to share."""
        sent = self.counts["wait"] + self.counts["elsewhere"]
        return {
            "questions": self.questions,
            "go": self.counts["go"],
            "go_held": _share(self.held, self.counts["go"]),
            "sent": sent,
            "sent_needed": _share(self.needed, sent),
            "sent_helped": _share(self.helped, sent),
            "nowhere": self.counts["nowhere"],
            "served": _share(self.served, self.questions),
        }


Scores = dict[str, AdviceTally]


def replay_plans(
    history: HistorySource,
    question: ReplayQuestion,
    *,
    days: float = 7,
    every: int = 6,
    model: ForecastModel | None = None,
    sample_rows: int | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> Scores:
    """Judge the last `days` of a history at every `every`th poll, with a model trained on what lies before them (or
    with `model`, which must not have seen them).

    Tallies by adviser: `plan`, `last_value`, `always_go`, and the same with ` (few)` where at most `FEW` were there.
    Raises `ValueError` when the history is too short.
    """
    span = history.span()
    if span is None or span[1] - span[0] < timedelta(days=days) + LOOKBACK:
        raise ValueError("the history is too short to be replayed")
    start = span[1] - timedelta(days=days)
    forecaster = model or train(history, end=start, sample_rows=sample_rows, on_progress=on_progress)
    near = _neighbours(history.stations())
    scores: Scores = {}
    for window, times in _moments(history, start, span[1] - LOOKAHEAD, every):
        for time in times:
            _judge(scores, _Moment.of(window, int(time), forecaster, question), near)
    return scores


def _moments(history: HistorySource, start: object, end: object, every: int) -> Iterator[tuple[Window, Sequence[int]]]:
    """Each day's window with the times that are asked at."""
    for chunk in history.windows(start, end, lookback=LOOKBACK, lookahead=LOOKAHEAD):  # type: ignore[arg-type]
        yield chunk.window, chunk.window.times[chunk.inside()][::every].tolist()


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is known at one time, and what was there later. `now` float32[N] is what is wanted as it stands."""

    question: ReplayQuestion
    window: Window
    time: int
    chances: RunChances
    now: Floats

    @classmethod
    def of(cls, window: Window, time: int, model: ForecastModel, question: ReplayQuestion) -> _Moment:
        rows = slice(*np.searchsorted(window.times, [time - int(LOOKBACK.total_seconds()), time + 1]).tolist())
        past = replace(
            window,
            times=window.times[rows],
            bikes=window.bikes[rows],
            docks=window.docks[rows],
            ebikes=window.ebikes[rows],
            renting=window.renting[rows],
        )
        chances = _chances(past, model)
        now = chances.run.last_bikes if question.want == "bike" else chances.run.last_docks
        return cls(question, window, time, chances, now)

    @property
    def arrival(self) -> int:
        return self.time + 60 * self.question.minutes

    def chance(self, more_minutes: float) -> Floats:
        """float32[N] so many minutes after the planned arrival."""
        return self.chances.at(self.question.want, self.question.count, self.arrival + int(60 * more_minutes))

    def was_there(self, more_minutes: float) -> Floats:
        """1 where there were enough at the poll nearest to that time, 0 where not, NaN where nobody knows."""
        time = self.arrival + int(60 * more_minutes)
        row = int(np.abs(self.window.times - time).argmin())
        if abs(int(self.window.times[row]) - time) > POLL_SECONDS:
            return np.full(len(self.now), np.nan, np.float32)
        rows = self.window.bikes if self.question.want == "bike" else self.window.docks
        counts = rows[row]
        there: Floats = np.where(np.isnan(counts), np.nan, counts >= self.question.count).astype(np.float32)
        return there


def _chances(past: Window, model: ForecastModel) -> RunChances:
    forecast = model.predict(past)
    at = np.array([len(past.times) - 1])
    base, minutes = int(past.times[-1]), forecast.horizons
    run = PendingRun(
        run="replay",
        model=model.name,
        made_at=base,
        minutes=minutes,
        targets=tuple(base + 60 * horizon for horizon in minutes),
        ids=past.stations.ids,
        packed=tuple(PackedDistribution.of(forecast.cdf(place)) for place in range(len(minutes))),
        last_bikes=last_known(past, at, past.bikes)[0],
        last_docks=last_known(past, at, past.docks)[0],
    )
    unlimited: Bools = np.zeros(len(run.ids), np.bool_)
    return RunChances(lambda: run, unlimited)


ReplayNeighbours = list[list[tuple[int, float]]]


def _neighbours(stations: StationSet) -> ReplayNeighbours:
    """Each station's others within a walk, nearest first, with their distance in metres."""
    near: ReplayNeighbours = []
    for place in range(len(stations.ids)):
        lat, lon = float(stations.lat[place]), float(stations.lon[place])
        metres = Coordinates(lat, lon).distances(stations.lat, stations.lon)
        order = [int(other) for other in np.argsort(metres, kind="stable") if metres[other] <= REACH_M]
        near.append([(other, float(metres[other])) for other in order if other != place][:PLACES])
    return near


def _judge(scores: Scores, moment: _Moment, near: ReplayNeighbours) -> None:
    """Ask every station whose answer and outcome are known."""
    view = _Later(moment)
    asked = ~np.isnan(moment.now) & ~np.isnan(view.there(0)) & ~np.isnan(view.chance(0))
    for place in np.flatnonzero(asked).tolist():
        there, few = bool(view.there(0)[place]), moment.now[place] <= FEW
        answers = {
            "plan": _advised(view, place, near[place]),
            "last_value": _last_value(view, place, near[place]),
            "always_go": ("go", None),
        }
        for adviser, (kind, instead) in answers.items():
            for name in (adviser, f"{adviser} (few)") if few else (adviser,):
                scores.setdefault(name, AdviceTally()).add(kind, there=there, instead=instead)


class _Later:
    """A moment's arrays by whole minutes after the planned arrival, each made once."""

    def __init__(self, moment: _Moment) -> None:
        self.moment = moment
        self._chance: dict[int, Floats] = {}
        self._there: dict[int, Floats] = {}

    def chance(self, minutes: float) -> Floats:
        key = round(minutes)
        if key not in self._chance:
            self._chance[key] = self.moment.chance(key)
        return self._chance[key]

    def there(self, minutes: float) -> Floats:
        key = round(minutes)
        if key not in self._there:
            self._there[key] = self.moment.was_there(key)
        return self._there[key]

    def minutes_to(self, metres: float) -> float:
        return walk_minutes(metres) if self.moment.question.want == "bike" else ride_minutes(metres)


ReplayedAnswer = tuple[str, bool | None]


def _advised(view: _Later, place: int, near: list[tuple[int, float]]) -> ReplayedAnswer:
    """The rule's answer, and whether it was there where the rider was sent."""
    waits = [PlanOption(float(view.chance(minutes)[place]), minutes) for minutes in WAITS]
    places = [PlanOption(float(view.chance(view.minutes_to(m))[other]), view.minutes_to(m)) for other, m in near]
    decision: Decision = decide(float(view.chance(0)[place]), _known(waits), _known(places))
    if decision.verdict is Verdict.GO:
        return "go", None
    if decision.wait is not None:
        return "wait", _was(view.there(WAITS[decision.wait])[place])
    if decision.place is None:
        return "nowhere", None
    other, metres = near[decision.place]
    return "elsewhere", _was(view.there(view.minutes_to(metres))[other])


def _last_value(view: _Later, place: int, near: list[tuple[int, float]]) -> ReplayedAnswer:
    """Go where enough are there now, else to the nearest station that has enough now."""
    now, count = view.moment.now, view.moment.question.count
    if now[place] >= count:
        return "go", None
    for other, metres in near:
        if now[other] >= count:
            return "elsewhere", _was(view.there(view.minutes_to(metres))[other])
    return "nowhere", None


def _known(options: list[PlanOption]) -> list[PlanOption]:
    """The same, with what is unknown as impossible, so that places stay."""
    return [PlanOption(0.0, option.minutes) if np.isnan(option.probability) else option for option in options]


def _was(there: npt.NDArray[np.float32] | np.float32) -> bool:
    return bool(there == 1)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
