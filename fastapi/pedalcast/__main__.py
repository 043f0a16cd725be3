"""`python -m pedalcast run | serve | worker | settings | evaluate`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from forecaster.objects import BadStoreAddress
from pedalcast import server_command
from pedalcast.accounts.errors import AccountCommandError
from pedalcast.backup.archive import BackupError
from pedalcast.chat import lifespan
from pedalcast.database.address import DatabaseAddressError
from pedalcast.database.errors import SchemaError
from pedalcast.documents import reading_command
from pedalcast.embedded.errors import RunError
from pedalcast.embedded.run_options import RunOptions
from pedalcast.embedded.steps import Steps
from pedalcast.kit import logging
from pedalcast.kit.redis_connection import RedisUnreachableError
from pedalcast.kit.runtime.process_group import ProcessGroupError, stop_with_parent
from pedalcast.kit.runtime.shutdown import leave_after
from pedalcast.kit.runtime.thread_priority import shorten_switch_interval
from pedalcast.kit.web.http_server import PortInUseError, listen
from pedalcast.settings import FeedName, Settings, SettingsError, as_env, as_markdown, load_settings
from pedalcast.settings_aliases import aliases_as_markdown

PROBLEMS = (
    BadStoreAddress,
    DatabaseAddressError,
    RunError,
    SettingsError,
    PortInUseError,
    ProcessGroupError,
    RedisUnreachableError,
    SchemaError,
    AccountCommandError,
    BackupError,
)

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Bike-share forecasts: run it all here, or serve.",
)

cli.add_typer(reading_command.commands, name="documents")

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on (PORT, else 8000)")]
Host = Annotated[str | None, typer.Option(help="Address to listen on (HOST, else 127.0.0.1)")]


@cli.command()
def run(
    *,
    feed: Annotated[
        FeedName | None, typer.Option(help="Default: what SEOUL_API_KEY or GBFS_URL point to, else simulated")
    ] = None,
    port: Port = None,
    host: Host = None,
    data: Annotated[Path | None, typer.Option(help="Where the data are kept (DATA_DIR, else .data)")] = None,
    speed: Annotated[float, typer.Option(min=0.1, help="Times faster than real time (simulated, replay)")] = 1.0,
    train: Annotated[bool, typer.Option(help="Train a first model when there is none")] = True,
    status: Annotated[Path | None, typer.Option(help="Replay: recorded counts (Parquet)")] = None,
    stations: Annotated[Path | None, typer.Option(help="Replay: recorded stations (Parquet)")] = None,
    events: Annotated[bool, typer.Option("--events", help="Replay: the counts are change events")] = False,
    days: Annotated[float, typer.Option(min=0, help="Replay: play the last so many days …")] = 0.0,
    hours: Annotated[float, typer.Option(min=0, help="… and hours (together 24 hours when neither is given)")] = 0.0,
    until_end: Annotated[bool, typer.Option("--until-end", help="Replay: stop when the recording ends")] = False,
    city_stations: Annotated[int, typer.Option(min=2, max=5000, help="Simulated: stations of a new city")] = 200,
    city_days: Annotated[float, typer.Option(min=0.01, help="Simulated: days of history of a new city")] = 21.0,
) -> None:
    """Run everything on this machine: Redis, object store, polls, training, the service."""
    settings = _settings(feed=feed, port=port, host=host, data_dir=data)
    options = RunOptions(
        speed=speed,
        status=status,
        stations=stations,
        events=events,
        replayed=timedelta(days=days, hours=hours) or timedelta(days=1),
        until_end=until_end,
        city_stations=city_stations,
        city_past=timedelta(days=city_days),
        train=train,
    )
    _guarded(lambda: _run(settings, options))


@cli.command()
def serve(port: Port = None, host: Host = None) -> None:
    """Serve only, as in production: Redis and the object store are given, somebody else polls."""
    settings = _settings(port=port, host=host)
    _guarded(lambda: server_command.serve(settings))


@cli.command(hidden=True)
def serve_process(
    number: Annotated[int, typer.Option(help="Which of the processes")],
    socket_file: Annotated[int, typer.Option(help="The listening socket, open already")],
    metrics: Annotated[Path, typer.Option(help="Where the processes exchange their metrics")],
) -> None:
    """Serve on a socket that `serve` has opened (PROCESSES)."""
    settings = _settings()
    stop_with_parent()
    _guarded(lambda: server_command.serve_on(settings, number, socket_file, metrics))


@cli.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Serve this worker's metrics there (no port: not at all)")
    ] = None,
) -> None:
    """Take uploaded documents in, beside the services; any number of workers may run."""
    settings = _settings()
    _guarded(lambda: _work(settings, metrics_port))


@cli.command()
def migrate() -> None:
    """Bring the database's schema to this version's."""
    settings = _settings(database_migrate=True)
    _guarded(lambda: server_command.check_database(settings))


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The archive to write; it must not exist")],
) -> None:
    """Write database, registry, documents and settings (without secrets) into one archive."""
    from pedalcast.backup.backup_command import backup as write_backup  # noqa: PLC0415

    settings = _settings()
    _guarded(lambda: print(write_backup(settings, file)))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The archive")]) -> None:
    """Read an archive back, into an empty database and an empty registry."""
    from pedalcast.backup.restore_command import restore as read_backup  # noqa: PLC0415

    settings = _settings()
    _guarded(lambda: print(read_backup(settings, file)))


@cli.command()
def create_admin(
    email: Annotated[str, typer.Argument(help="The admin's address")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="PASSWORD")],
) -> None:
    """Make an account with the role admin, or give an account that role and this password."""
    from pedalcast.accounts.commands import make_admin  # noqa: PLC0415

    settings = _settings()
    _guarded(lambda: make_admin(settings, email, password))


@cli.command()
def link(
    email: Annotated[str, typer.Argument(help="Whose link")],
    *,
    purpose: Annotated[Literal["reset", "confirm", "login"], typer.Option(help="What it is for")] = "reset",
) -> None:
    """Print a single-use link of thirty minutes, where no mails are sent."""
    from pedalcast.accounts.commands import make_link  # noqa: PLC0415

    settings = _settings()
    _guarded(lambda: print(make_link(settings, email, purpose)))


@cli.command()
def settings(
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a table for the README")] = False,
    env: Annotated[bool, typer.Option("--env", help="As the file .env.example")] = False,
    aliases: Annotated[bool, typer.Option("--aliases", help="Other services' names for them, as a table")] = False,
) -> None:
    """Show every setting."""
    if aliases:
        print(aliases_as_markdown())
        return
    if markdown or env:
        print(as_env() if env else as_markdown(), end="" if env else "\n")
        return
    for name, field in Settings.model_fields.items():
        print(f"{name.upper():24} {field.description}")


@cli.command()
def openapi(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with docs/, exit 1 where a promise is broken")
    ] = False,
    promised: Annotated[bool, typer.Option("--promised", help="Print what it promises, for a release")] = False,
) -> None:
    """Print the API's description, as docs/openapi.json holds it."""
    from pedalcast.app import create_app  # noqa: PLC0415
    from pedalcast.contract.document import contract_problems, document_text, promised_text  # noqa: PLC0415

    document = create_app(_settings(redis_url="redis://127.0.0.1:6379/0")).openapi()
    if check:
        problems = contract_problems(document, Path.cwd())
        print("\n".join(problems) or "the API keeps its promises")
        raise typer.Exit(1 if problems else 0)
    print(promised_text(document) if promised else document_text(document), end="")


@cli.command()
def judge_plans(
    *,
    store: Annotated[str, typer.Option("--store", help="History to replay: a folder or s3://bucket/prefix")],
    days: Annotated[float, typer.Option(min=0.1, help="Its last days are judged, trained on what lies before")] = 7.0,
    every: Annotated[int, typer.Option(min=1, help="Ask at every so many polls")] = 12,
    want: Annotated[Literal["bike", "dock"], typer.Option(help="What riders want")] = "bike",
    n: Annotated[int, typer.Option(min=1, help="At least so many")] = 1,
    minutes: Annotated[int, typer.Option(min=0, max=45, help="Until they arrive")] = 15,
    rows: Annotated[int | None, typer.Option(min=1000, help="Rows to train on")] = None,
) -> None:
    """Replay recorded days: of those told to go, how many found a bike; of those sent elsewhere, how many had to."""
    from forecaster.history import History  # noqa: PLC0415
    from forecaster.objects import open_objects  # noqa: PLC0415
    from pedalcast.plans.plan_replay import ReplayQuestion, replay_plans  # noqa: PLC0415
    from pedalcast.plans.replay_report import as_table  # noqa: PLC0415

    history, question = History(open_objects(store)), ReplayQuestion(want, n, minutes)
    try:
        print(as_table(replay_plans(history, question, days=days, every=every, sample_rows=rows)))
    except ValueError as error:
        _fail(error)


@cli.command()
def mcp(
    url: Annotated[str, typer.Option(envvar="PEDALCAST_URL", help="The Pedalcast to ask")] = "http://127.0.0.1:8000",
    token: Annotated[
        str | None, typer.Option(envvar="PEDALCAST_TOKEN", help="An API token, where the service wants one")
    ] = None,
) -> None:
    """Serve tools for language models (MCP) over standard input and output; a running service has them at /mcp."""
    from pedalcast.mcp.transports import serve_stdio  # noqa: PLC0415

    serve_stdio(url, token)


@cli.command()
def evaluate(
    riders: Annotated[Path, typer.Option("--riders", exists=True, file_okay=False, help="questions.jsonl lies there")],
    overlay: Annotated[
        Path | None, typer.Option(exists=True, help="what is expected instead, where an article changed")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="keep the index of the help there between runs")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write figures and answers there")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="write a page with the misses there")] = None,
) -> None:
    """Ask riders' questions through the HTTP API of a seeded city and score the answers by machine."""
    from pedalcast.riders.session import evaluated  # noqa: PLC0415

    logging.configure(level="WARNING", json=False, secrets=())
    print(evaluated(riders, overlay, data, json_file, report))


# What the commands need takes seconds to import: what can be told before is told before.


def _run(settings: Settings, options: RunOptions) -> None:
    if settings.processes > 1:
        raise SettingsError("PROCESSES: the embedded parts belong to one process; `serve` takes several")
    shorten_switch_interval()
    steps = Steps()
    with listen(settings.host, settings.port) as sock:
        server_command.check_redis(settings)
        lifespan.check(settings)
        from pedalcast.embedded.prepare import prepared  # noqa: PLC0415

        with prepared(settings, options, steps) as ready:
            from pedalcast.embedded.run_command import run  # noqa: PLC0415

            run(sock, ready, options, steps)


def _work(settings: Settings, metrics_port: int | None) -> None:
    shorten_switch_interval()
    server_command.check_redis(settings)
    server_command.check_database(settings)
    from pedalcast.documents.ingestion.worker_command import work  # noqa: PLC0415

    work(settings, metrics_port)


def _settings(**overrides: object) -> Settings:
    try:
        settings = load_settings(**overrides)
    except SettingsError as error:
        _fail(error)
    logging.configure(level=settings.log_level, json=settings.environment == "production", secrets=settings.secrets)
    return settings


def _guarded(work: Callable[[], None]) -> None:
    """Do the work; problems that somebody can put right are one line, and being told to stop is no problem."""
    signal.signal(signal.SIGTERM, _interrupt)  # so that it ends like Ctrl-C, everything stopped in order
    try:
        work()
        print("stopped", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        raise typer.Exit(130) from None
    except PROBLEMS as error:
        _fail(error)


def _interrupt(_: int, __: object) -> NoReturn:
    raise KeyboardInterrupt


def _fail(error: Exception) -> NoReturn:
    print(f"pedalcast: {error}", file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    leave_after(cli)
