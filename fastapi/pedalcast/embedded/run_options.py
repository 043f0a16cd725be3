"""What can be asked of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """`speed` is how many times faster than real time the feed lives (simulated and replay only).

    Replay: `status` and `stations` are the recording's files, `events` says its rows are changes; the last `replayed`
    of it is played, `until_end` ends the run with it. The simulated city begins with `city_stations` stations and
    `city_past` of history. `train` says whether a first model is trained when there is none.
    """

    speed: float = 1.0
    status: Path | None = None
    stations: Path | None = None
    events: bool = False
    replayed: timedelta = timedelta(days=1)
    until_end: bool = False
    city_stations: int = 200
    city_past: timedelta = timedelta(days=21)
    train: bool = True
