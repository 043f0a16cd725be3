"""The first look over a status file: what there is, without holding it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecaster.arrays import Ints
from forecaster.importing.errors import ImportRefused
from forecaster.importing.poll_times import poll_times
from forecaster.importing.stations_file import observed_stations
from forecaster.importing.status_file import StatusFile


@dataclass(frozen=True, slots=True)
class Survey:
    """What a status file holds: rows in all, rows set aside by reason, and of the good ones two tables.

    `polls` has the times (`at`, epoch seconds, increasing) and the number of `rows` at each; `seen` the stations with
    `capacity`, `first_seen`, `last_seen`.
    """

    rows: int
    rejected: dict[str, int]
    polls: pl.DataFrame
    seen: pl.DataFrame

    @property
    def times(self) -> Ints:
        """The times with good rows, epoch seconds, increasing."""
        return self.polls["at"].to_numpy()


def survey(source: StatusFile) -> Survey:
    """Look over a status file; `ImportRefused` when there is no row to take."""
    bad = [pl.col(name).is_null().sum().alias(f"bad_{name}") for name in ("ts", "station_id", "bikes")]
    good = source.good()
    plans = [source.rows.select(pl.len().alias("rows"), *bad), poll_times(good), observed_stations(good)]
    try:
        totals, polls, seen = pl.collect_all(plans, engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ImportRefused(f"{source.path}: cannot be read ({str(error).splitlines()[0]})") from error
    rejected = {reason: int(number) for reason, number in totals.row(0, named=True).items() if number}
    rows = rejected.pop("rows", 0)
    if polls.is_empty():
        why = ", ".join(f"{reason} {number}" for reason, number in rejected.items()) or "the file is empty"
        raise ImportRefused(f"{source.path}: no usable row among {rows} ({why})")
    return Survey(rows, rejected, polls, seen)
