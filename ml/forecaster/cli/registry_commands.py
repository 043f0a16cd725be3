"""`upload`, `models`, `promote`, `rollback`: the registry by hand."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from forecaster.cli.common_options import JsonOption, ReasonOption, StoreOption
from forecaster.cli.console import CommandError, print_json, print_lines, print_table
from forecaster.cli.store_option import store_of
from forecaster.registry.bundle import Manifest, read_folder
from forecaster.registry.registry import CHALLENGER, CHAMPION, Alias, Registry


def upload_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `train --out DIR` wrote.")],
    *,
    store: StoreOption = None,
    promote: Annotated[bool, typer.Option("--promote", help="Make it the champion at once.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Keep a trained model in the store's registry."""
    registry = Registry(store_of(store))
    version = registry.upload(read_folder(folder))
    alias = registry.promote(version, reason="promoted by hand at upload") if promote else None
    if as_json:
        print_json({"version": version, "champion": asdict(alias) if alias else None})
    else:
        print_lines(f"uploaded {version}" + (", now the champion" if alias else ""))


def models_command(
    *,
    store: StoreOption = None,
    card: Annotated[
        str | None, typer.Option("--card", metavar="VERSION", help="Print this version's card (or the champion's).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the model versions, newest first, and what serves."""
    registry = Registry(store_of(store))
    if card is not None:
        print_lines(_card(registry, card).rstrip())
        return
    aliases = {name: registry.alias(name) for name in (CHAMPION, CHALLENGER)}
    roles = {alias.version: name for name, alias in reversed(aliases.items()) if alias}
    versions = registry.versions()
    if as_json:
        listed = {name: asdict(alias) if alias else None for name, alias in aliases.items()}
        print_json({**listed, "versions": [_listed(manifest, roles) for manifest in versions]})
    elif not versions:
        print_lines("no models yet: make one with `python -m forecaster train`")
    else:
        columns = ("version", "role", "engine", "horizons", "trained on", "reason")
        print_table(columns, [_row(manifest, roles) for manifest in versions])


def _card(registry: Registry, name: str) -> str:
    version = registry.manifest(name).id
    text = registry.card(version)
    if not text:
        raise CommandError(f"version {version} has no card")
    return text


def promote_command(
    version: Annotated[str, typer.Argument(help="A version's id, or `challenger`.")],
    *,
    store: StoreOption = None,
    reason: ReasonOption = "promoted by hand",
    as_json: JsonOption = False,
) -> None:
    """Make a version the champion; running services take it up."""
    registry = Registry(store_of(store))
    _tell(registry.promote(registry.resolve(version), reason=reason), as_json=as_json)


def rollback_command(
    *, store: StoreOption = None, reason: ReasonOption = "rolled back by hand", as_json: JsonOption = False
) -> None:
    """Make the champion before this one champion again."""
    _tell(Registry(store_of(store)).rollback(reason), as_json=as_json)


def _tell(champion: Alias, *, as_json: bool) -> None:
    if as_json:
        print_json(champion)
    else:
        print_lines(f"champion: {champion.version} ({champion.reason})")


def _listed(manifest: Manifest, roles: dict[str, str]) -> dict[str, Any]:
    return asdict(manifest) | {"role": roles.get(manifest.id)}


def _row(manifest: Manifest, roles: dict[str, str]) -> list[str]:
    window = f"{manifest.data.start:%Y-%m-%d} to {manifest.data.end:%Y-%m-%d}" if manifest.data else "?"
    horizons = ", ".join(map(str, manifest.horizons))
    return [manifest.id, roles.get(manifest.id, ""), manifest.engine, horizons, window, manifest.reason]
