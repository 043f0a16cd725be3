"""How many bikes a GBFS status means: totals, counts by type in their many shapes, scooters among them."""

from __future__ import annotations

from typing import Any

from collector.feeds.gbfs.gbfs_files import VehicleTypes
from collector.parsing.fields import MAX_ID, short_text
from collector.parsing.numbers import MAX_COUNT, count

_ELECTRIC_WORDS = frozenset({"ebike", "electric", "e_bike", "electric_bike"})


def bikes_and_ebikes(record: dict[str, Any], types: VehicleTypes) -> tuple[int | None, int | None]:
    """Bikes to rent (None: the feed does not say, or nonsense) and how many of them are electric (None: unknown)."""
    total = count(record.get("num_bikes_available", record.get("num_vehicles_available")))
    by_type = _by_type(record)
    bikes = _bikes(total, by_type, types)
    if bikes is not None and bikes > MAX_COUNT:
        bikes = None  # each type for itself is a count, their sum is none
    ebikes = _ebikes(record, by_type, types)
    return bikes, ebikes if ebikes is None or bikes is None else min(ebikes, bikes)


def _bikes(total: int | None, by_type: dict[str, int], types: VehicleTypes) -> int | None:
    """The total, without the scooters where it includes them.

    Some feeds count scooters and mopeds into the total and some do not: they are in it when all types add up to it.
    A total of 0 beside bikes of a known type is a total that was not kept.
    """
    others = sum(number for type_id, number in by_type.items() if type_id in types.others)
    listed = sum(by_type.values()) - others
    if total is None:
        return listed if by_type else None
    if others and total == listed + others:
        return listed
    pedelable = sum(
        number for type_id, number in by_type.items() if type_id in types.electric or type_id in types.human
    )
    return pedelable if total == 0 else total


def _ebikes(record: dict[str, Any], by_type: dict[str, int], types: VehicleTypes) -> int | None:
    sent = count(record.get("num_ebikes_available"))
    if sent is not None or not by_type:
        return sent
    electric = [n for name, n in by_type.items() if name in types.electric or name.lower() in _ELECTRIC_WORDS]
    typed = bool(types.electric or types.human or types.others) or "num_bikes_available_types" in record
    return min(sum(electric), MAX_COUNT) if typed else None


def _by_type(record: dict[str, Any]) -> dict[str, int]:
    """Counts by type: `[{vehicle_type_id, count}]`, or a dict of counts, or a list of dicts with one key (Vélib')."""
    sent = record.get("vehicle_types_available")
    if sent is None:
        sent = record.get("num_bikes_available_types")
    counts: dict[str, int] = {}
    for item in sent if isinstance(sent, list) else [sent]:
        if not isinstance(item, dict):
            continue
        pairs = [(item["vehicle_type_id"], item.get("count"))] if "vehicle_type_id" in item else list(item.items())
        for name, value in pairs:
            type_id, number = short_text(name, MAX_ID), count(value)
            if type_id is not None and number is not None:
                counts[type_id] = counts.get(type_id, 0) + number
    return counts
