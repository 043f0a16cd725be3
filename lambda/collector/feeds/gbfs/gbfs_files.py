"""GBFS documents around the stations: the envelope, discovery, the system and its vehicle types, versions 1.0 to 3.0.

Specification: github.com/MobilityData/gbfs. Read leniently: what real feeds send differs from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from collector.errors import FeedError
from collector.parsing.fields import MAX_ID, MAX_NAME, parse_json, readable, short_text, text
from collector.parsing.numbers import number
from collector.parsing.times import moment
from collector.snapshot import System

_BIKES = frozenset({"bicycle", "cargo_bicycle"})
_HUMAN = "human"
_MAX_VERSION, _MAX_LANGUAGE, _MAX_LANGUAGES = 20, 35, 20  # characters of a version and of BCP 47, languages of a name
_MAX_TTL = 86_400 * 7


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every GBFS file has in common. `version` is "1.0" where the header has none; `ttl` is in seconds.

    `last_updated` is as the feed sent it: what a time without an offset means depends on the system's zone.
    """

    version: str
    last_updated: Any
    ttl: int
    data: Any

    @property
    def major(self) -> int:
        """The first number of the version, 1 where it is unreadable."""
        first = self.version.split(".")[0]
        return int(first) if len(first) == 1 and first.isascii() and first.isdigit() else 1

    def updated_at(self, zone: tzinfo, at: datetime) -> datetime | None:
        """When the feed says that its content was true, None where it does not say; see `parsing.times.moment`."""
        return moment(self.last_updated, zone, at)


@dataclass(frozen=True, slots=True)
class VehicleTypes:
    """The ids of the types that are bikes without a motor, bikes with one, and no bikes at all."""

    human: frozenset[str] = frozenset()
    electric: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def read_envelope(body: bytes) -> Envelope:
    """Any GBFS file. `FeedError` when it is no JSON object (transient: half an answer, or a page of HTML)."""
    document = parse_json(body)
    if not isinstance(document, dict):
        raise FeedError("not_json", "the feed answered something that is not a JSON object", transient=True)
    return Envelope(
        version=short_text(document.get("version"), _MAX_VERSION) or "1.0",
        last_updated=document.get("last_updated", document.get("lastUpdatedOther")),
        ttl=int(min(max(0.0, number(document.get("ttl")) or 0.0), _MAX_TTL)),
        data=document.get("data"),
    )


def records(envelope: Envelope, name: str) -> list[Any]:
    """The list called `name` in the file's data. `FeedError` when there is none."""
    urls_by_language = envelope.data.get(name) if isinstance(envelope.data, dict) else None
    if not isinstance(urls_by_language, list):
        raise FeedError("unexpected_shape", f"the feed's file has no data.{name}")
    return urls_by_language


def read_discovery(envelope: Envelope) -> dict[str, dict[str, str]]:
    """File name -> URL, by language: versions 1 and 2 list the files once for each, version 3 once ("")."""
    data = envelope.data if isinstance(envelope.data, dict) else {"": envelope.data}
    lists = {"": data["feeds"]} if data.get("feeds") is not None else data
    urls_by_language = {language: _urls(feeds) for language, feeds in lists.items() if len(language) <= _MAX_LANGUAGE}
    if not any(urls_by_language.values()):
        raise FeedError("unexpected_shape", "the discovery file names no feeds")
    return {language: urls for language, urls in urls_by_language.items() if urls}


def chosen(languages: Iterable[str], wanted: str) -> str:
    """The wanted language where it is among those, else English, else the first."""
    among = list(languages)
    return next((language for language in (wanted, "en") if language in among), among[0])


def read_system(envelope: Envelope, configured: System) -> System:
    """Who the system is; what the file does not say is as in `configured`, as far as it is the same system."""
    data = envelope.data if isinstance(envelope.data, dict) else {}
    languages = data.get("languages")
    first = languages[0] if isinstance(languages, list) and languages else None
    language = short_text(data.get("language"), _MAX_LANGUAGE) or short_text(first, _MAX_LANGUAGE)
    name, _ = read_name(data.get("name"), language)
    system_id = short_text(data.get("system_id"), MAX_ID)
    if system_id is None or not readable(system_id):
        system_id = configured.id
    same = configured if system_id == configured.id else System(system_id, system_id, "UTC")
    return System(
        system_id, name or same.name, _timezone(data.get("timezone"), same.timezone), language or same.language
    )


def read_vehicle_types(envelope: Envelope) -> VehicleTypes:
    """What the types are; a type that says nothing of itself is taken for a bike."""
    human, electric, others = set(), set(), set()
    for record in records(envelope, "vehicle_types"):
        type_id = text(record.get("vehicle_type_id")) if isinstance(record, dict) else None
        if type_id is None:
            continue
        if (text(record.get("form_factor")) or "bicycle") not in _BIKES:
            others.add(type_id)
        elif (text(record.get("propulsion_type")) or _HUMAN) != _HUMAN:
            electric.add(type_id)
        else:
            human.add(type_id)
    return VehicleTypes(frozenset(human), frozenset(electric), frozenset(others))


def read_name(value: Any, language: str | None = None) -> tuple[str | None, dict[str, str]]:
    """A name, and all of them by language: a string before 3.0, a list of `{text, language}` since.

    Names longer than `MAX_NAME` are cut; those whose characters could not be decoded are left out.
    """
    if not isinstance(value, list):
        return _name(value), {}
    names: dict[str, str] = {}
    for item in value[:_MAX_LANGUAGES]:
        if not isinstance(item, dict):
            continue
        words, code = _name(item.get("text")), short_text(item.get("language"), _MAX_LANGUAGE)
        if words:
            names[code or "und"] = words
    return names.get(language or "en") or next(iter(names.values()), None), names


def _name(value: Any) -> str | None:
    words = text(value)
    return words[:MAX_NAME].strip() if words is not None and readable(words) else None


def _urls(feeds: Any) -> dict[str, str]:
    listed = feeds.get("feeds") if isinstance(feeds, dict) else feeds
    urls: dict[str, str] = {}
    for feed in listed if isinstance(listed, list) else []:
        name, url = (text(feed.get("name")), text(feed.get("url"))) if isinstance(feed, dict) else (None, None)
        if name and url:
            urls[name.removesuffix(".json")] = url
    return urls


def _timezone(value: Any, configured: str) -> str:
    name = short_text(value, MAX_NAME) or configured
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # an unknown name, a folder of names, a path
        return configured
