"""`gbfs`, `gbfs_versions` and `system_information`: what is served, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.snapshot import System
from pedalcast.gbfs.versions import GbfsVersion, language_code

OFFICIAL = ("gbfs_versions", "system_information", "station_information", "station_status")
OWN = ("station_forecast", "forecast_scores")
FILES = ("gbfs", *OFFICIAL, *OWN)
ADDRESSED = ("gbfs", "gbfs_versions", "station_forecast")  # files that name addresses
PREFIX = "/gbfs"


@dataclass(frozen=True, slots=True)
class Operator:
    """What GBFS 3 requires to be known of who runs the system."""

    contact_email: str
    opening_hours: str  # in OpenStreetMap's syntax


def discovery(version: GbfsVersion, base: str, language: str) -> dict[str, Any]:
    """The files by name and address, which begins with `base`. Files of our own stand apart, under `_feeds`: the
    schemas accept no name but the specification's in `feeds`."""
    listed = {"feeds": _listed(version, base, OFFICIAL), "_feeds": _listed(version, base, OWN)}
    return listed if version.localized else {language_code(language): listed}


def versions(base: str, served: Sequence[GbfsVersion]) -> dict[str, Any]:
    """The versions and their discovery files, oldest first. Drafts are not listed: released schemas refuse them."""
    released = [version for version in served if version.name == version.path]
    return {
        "versions": [
            {"version": other_version.name, "url": file_url(other_version, base, "gbfs")} for other_version in released
        ]
    }


def system_information(
    version: GbfsVersion, system: System, languages: Sequence[str], operator: Operator
) -> dict[str, Any]:
    """Whose system it is; `languages` are those of all texts, the system's own first."""
    own_language = languages[0]
    information = {"system_id": system.id, "name": version.text(system.name, own_language), "timezone": system.timezone}
    information["feed_contact_email"] = operator.contact_email
    if not version.localized:
        return information | {"language": own_language}
    return information | {"languages": list(languages), "opening_hours": operator.opening_hours}


def file_url(version: GbfsVersion, base: str, name: str) -> str:
    """Where a file is to be had."""
    return f"{base}{PREFIX}/{version.path}/{name}.json"


def _listed(version: GbfsVersion, base: str, names: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": name, "url": file_url(version, base, name)} for name in names]
