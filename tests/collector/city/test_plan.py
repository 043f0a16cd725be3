from __future__ import annotations

import re

from collector.city.geometry import distance, nearest_on_river, off_the_river, to_degrees, to_metres
from collector.city.neighbourhoods import NAMES, PLACES, RIVER_HALF_WIDTH, THEMES
from collector.city.plan import neighbours, plan_city


class TestPlan:
    def test_stations_stand_in_seoul_on_both_banks_and_never_in_the_river(self) -> None:
        sites = plan_city(7, 200)

        sides = set()
        for site in sites:
            lat, lon = site.position
            assert 37.42 < lat < 37.70
            assert 126.76 < lon < 127.19
            bank = nearest_on_river(site.at)
            assert distance(bank, site.at) >= RIVER_HALF_WIDTH
            sides.add(site.at[1] > bank[1])
        assert sides == {True, False}

    def test_signs_are_in_seouls_style(self) -> None:
        for site in plan_city(7, 200):
            assert re.fullmatch(r"\d{3,4}\. \S.*", site.korean)
            assert re.search(r"[가-힣]", site.korean)
            assert re.fullmatch(r"\d{3,4}\. [\x20-\x7e]+", site.english)
            assert site.korean.split(".")[0] == site.english.split(".")[0]

    def test_every_character_of_place_occurs(self) -> None:
        assert {site.kind for site in plan_city(7, 200)} == set(NAMES)
        assert {place.theme for place in PLACES} == set(THEMES)

    def test_neighbours_are_the_nearest_others(self) -> None:
        sites = plan_city(7, 60)
        for here, near in enumerate(neighbours(sites)):
            reach = distance(sites[here].at, sites[near[-1]].at)
            closer = [i for i in range(60) if i != here and distance(sites[here].at, sites[i].at) < reach]
            assert here not in near
            assert set(closer) <= set(near)


class TestGeometry:
    def test_degrees_and_metres_are_inverse(self) -> None:
        assert to_degrees(to_metres(37.5123, 126.9876)) == (37.5123, 126.9876)

    def test_a_degree_of_latitude_is_111_kilometres(self) -> None:
        assert 110_000 < distance(to_metres(37.0, 127.0), to_metres(38.0, 127.0)) < 112_000

    def test_a_point_in_the_water_is_moved_ashore(self) -> None:
        shore = to_metres(37.5560, 126.9055)
        wet = nearest_on_river(shore)

        dry = off_the_river(wet, shore)

        assert distance(nearest_on_river(dry), dry) >= RIVER_HALF_WIDTH
        assert distance(dry, shore) < distance(wet, shore)
