"""The operator's vans: at night they bring every station near its morning fill, by day they relieve the worst."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from collector.city.neighbourhoods import HOME, OFFICE, PARK, TRANSIT, UNIVERSITY
from collector.city.plan import Site

START_FILL = {HOME: 0.62, OFFICE: 0.28, PARK: 0.42, UNIVERSITY: 0.35, TRANSIT: 0.52}  # share of racks wanted at dawn
_DAY_FILL = 0.46
_LOAD = 14  # bikes a van carries


class Move(NamedTuple):
    """A van's trip: so many bikes from one station (its index) to another, unloaded after so many minutes."""

    origin: int
    destination: int
    bikes: int
    minutes: int


def next_move(rng: random.Random, local: datetime, sites: Sequence[Site], bikes: Sequence[int]) -> Move | None:
    """The trip that begins in this local minute, if one does: about every 4 minutes at night, every 15 by day.

    The fullest station against its wish gives to the emptiest, each relative to its racks.
    """
    night = local.hour < 5
    if rng.random() >= (0.25 if night else 0.067 if 9 <= local.hour < 23 else 0.0):
        return None
    wish = [site.racks * (START_FILL[site.kind] if night else _DAY_FILL) for site in sites]
    over = [have - wanted for have, wanted in zip(bikes, wish, strict=True)]
    giver = max(range(len(sites)), key=over.__getitem__)
    taker = min(range(len(sites)), key=over.__getitem__)
    load = min(int(over[giver]), int(-over[taker]), _LOAD)
    return Move(giver, taker, load, rng.randint(15, 35)) if load >= 2 else None
