from __future__ import annotations

import random
from datetime import datetime

from collector.city.plan import plan_city
from collector.city.town import LOCAL
from collector.city.vans import START_FILL, next_move

SITES = plan_city(7, 40)
WISH = [round(site.racks * START_FILL[site.kind]) for site in SITES]


def moves(hour: int, bikes: list[int], minutes: int = 400) -> list[tuple[int, int, int]]:
    rng = random.Random(1)
    local = datetime(2026, 10, 5, hour, tzinfo=LOCAL)
    found = (next_move(rng, local, SITES, bikes) for _ in range(minutes))
    return [(move.origin, move.destination, move.bikes) for move in found if move is not None]


class TestVans:
    def test_bring_from_the_fullest_to_the_emptiest(self) -> None:
        bikes = list(WISH)
        bikes[3], bikes[8] = SITES[3].racks + 20, 0

        assert set(moves(3, bikes)) == {(3, 8, min(14, WISH[8]))}

    def test_take_no_more_than_there_is_to_take_and_give(self) -> None:
        bikes = list(WISH)
        bikes[3] += 4
        bikes[8] -= 3

        assert all(number <= 4 for _, _, number in moves(3, bikes))

    def test_rest_when_all_is_well(self) -> None:
        assert moves(3, WISH) == []

    def test_drive_mostly_at_night_and_not_in_the_morning_rush(self) -> None:
        bikes = list(WISH)
        bikes[3], bikes[8] = SITES[3].racks, 0

        assert len(moves(3, bikes)) > 2 * len(moves(14, bikes)) > 0
        assert moves(7, bikes) == []
