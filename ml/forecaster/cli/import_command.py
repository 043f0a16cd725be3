"""`import`: a recorded data set into the history."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from forecaster.cli.common_options import JsonOption
from forecaster.cli.console import print_json, print_lines, progress_bar
from forecaster.history import History
from forecaster.importing import ImportReport, SystemHint, import_recorded
from forecaster.objects import open_objects


def import_command(
    status: Annotated[Path, typer.Option("--status", metavar="FILE", help="Parquet: ts, station_id, bikes, docks …")],
    stations: Annotated[Path, typer.Option("--stations", metavar="FILE", help="Parquet: station_id, name, lat, lon …")],
    into: Annotated[str, typer.Option("--into", metavar="STORE", help="A folder or s3://bucket/prefix.")],
    *,
    events: Annotated[
        bool, typer.Option("--events", help="Rows are changes: fill them forward to five minutes.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="The system's name. Default: the folder's.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="IANA name. Default: told from the stations' positions.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="ISO 3166 code, for holidays. Default: the time zone's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a recorded data set into the history of a store.

    Status columns: ts (times without a zone are UTC), station_id, bikes, docks and/or capacity; if there are any,
    ebikes, is_installed, is_renting, is_returning. Station columns: station_id; if there are any, name,
    name_<language>, lat, lon, capacity. Polls every minute are thinned to one in five minutes. Run twice, the second
    run changes nothing.
    """
    history = History(open_objects(into))
    place = SystemHint(name=name, timezone=timezone, country=country)
    with progress_bar() as advance:
        report = import_recorded(
            history,
            status,
            stations,
            events=events,
            place=place,
            on_progress=lambda share: advance("writing history", share),
        )
    if as_json:
        print_json(asdict(report))
    else:
        print_lines(*_report_lines(report))


def _report_lines(report: ImportReport) -> list[str]:
    system = report.system
    lines = [
        f"{system.name} ({system.id}), {system.timezone}, {system.country or 'no country'}",
        f"{report.first:%Y-%m-%d %H:%M} to {report.last:%Y-%m-%d %H:%M} UTC",
        f"{report.polls_kept:,} of {report.polls:,} polls, {report.rows_kept:,} rows of {report.stations:,} stations",
    ]
    if report.stations_unnamed:
        lines.append(f"{report.stations_unnamed:,} stations are not in the stations file")
    lines += [f"{number:,} rows set aside: {reason}" for reason, number in report.rejected.items()]
    return [*lines, f"{report.changed_files:,} files written" if report.changed_files else "all of it was there before"]
