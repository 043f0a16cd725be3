"""The neighbourhoods of the invented city: made-up names at plausible spots on both banks of the Han."""

from __future__ import annotations

from typing import NamedTuple

HOME, OFFICE, PARK, UNIVERSITY, TRANSIT = "home", "office", "park", "university", "station"
KINDS = (HOME, OFFICE, PARK, UNIVERSITY, TRANSIT)


class Place(NamedTuple):
    """A neighbourhood: its name in Korean and English, its middle (WGS 84 degrees), what it is made of."""

    korean: str
    english: str
    lat: float
    lon: float
    theme: str


PLACES = (
    Place("은별", "Eunbyeol", 37.5560, 126.9055, "residential"),
    Place("가온", "Gaon", 37.5662, 126.9800, "business"),
    Place("물결", "Mulgyeol", 37.5275, 126.9330, "riverside"),
    Place("청람", "Cheongnam", 37.5600, 126.9395, "campus"),
    Place("다온", "Daon", 37.5023, 127.0352, "business"),
    Place("새솔", "Saesol", 37.5300, 126.8725, "residential"),
    Place("여울", "Yeoul", 37.5312, 127.0660, "riverside"),
    Place("도담", "Dodam", 37.5085, 127.0950, "residential"),
    Place("미르", "Mireu", 37.5455, 127.0550, "business"),
    Place("솔바람", "Solbaram", 37.5418, 127.0718, "campus"),
    Place("노을", "Noeul", 37.5640, 126.8900, "riverside"),
    Place("한샘", "Hansaem", 37.5798, 126.8905, "business"),
    Place("아람", "Aram", 37.5450, 126.8450, "residential"),
    Place("버들", "Beodeul", 37.5105, 126.9960, "riverside"),
    Place("슬기", "Seulgi", 37.5885, 127.0300, "campus"),
    Place("해오름", "Haeoreum", 37.5380, 127.1430, "residential"),
    Place("두루", "Duru", 37.4805, 126.8830, "business"),
    Place("나래", "Narae", 37.4805, 126.9520, "campus"),
    Place("달맞이", "Dalmaji", 37.5180, 127.0850, "riverside"),
    Place("참샘", "Chamsaem", 37.4850, 126.9760, "residential"),
    Place("푸른내", "Pureunnae", 37.5855, 127.0880, "residential"),
    Place("빛고개", "Bitgogae", 37.6150, 126.9250, "residential"),
    Place("숲마루", "Supmaru", 37.5440, 127.0395, "riverside"),
    Place("온새", "Onsae", 37.4950, 127.0600, "residential"),
    Place("너른들", "Neoreundeul", 37.6540, 127.0650, "residential"),
)

THEMES = {  # what stands at the first, second, third … station of a neighbourhood; it starts over when there are more
    "residential": (TRANSIT, HOME, HOME, PARK, HOME, TRANSIT, HOME, HOME),
    "business": (TRANSIT, OFFICE, OFFICE, TRANSIT, OFFICE, OFFICE, PARK, TRANSIT),
    "campus": (TRANSIT, UNIVERSITY, UNIVERSITY, HOME, UNIVERSITY, TRANSIT, HOME, UNIVERSITY),
    "riverside": (PARK, TRANSIT, PARK, HOME, PARK, HOME, TRANSIT, PARK),
}

NAMES = {  # Korean and English patterns, in Seoul's style: name, English name, running number
    TRANSIT: (
        ("{name}역 {number}번출구 앞", "{english} Station Exit {number}"),
        ("{name}역 {number}번출구 뒤", "Behind {english} Station Exit {number}"),
        ("{name}역 환승센터 {number}번", "{english} Station Transfer Center {number}"),
    ),
    HOME: (
        ("{name}마을 {number}단지 앞", "{english} Village Complex {number}"),
        ("{name}동 주민센터", "{english}-dong Community Center"),
        ("{name}시장 입구", "{english} Market Entrance"),
        ("{name}초등학교 앞", "{english} Elementary School"),
        ("{name}구립도서관", "{english} Public Library"),
    ),
    OFFICE: (
        ("{name}타워 앞", "{english} Tower"),
        ("{name}사거리", "{english} Crossroads"),
        ("{name}빌딩 맞은편", "Opposite {english} Building"),
        ("{name}벤처센터 {number}관", "{english} Venture Center Hall {number}"),
    ),
    PARK: (
        ("{name}공원 정문", "{english} Park Main Gate"),
        ("{name}나들목", "{english} Riverside Underpass"),
        ("{name}천 산책로 입구", "{english} Stream Path"),
        ("{name}체육공원 주차장", "{english} Sports Park Parking Lot"),
    ),
    UNIVERSITY: (
        ("{name}대학교 정문", "{english} University Main Gate"),
        ("{name}대 기숙사 앞", "{english} University Dormitory"),
        ("{name}대 중앙도서관", "{english} University Library"),
        ("{name}대 후문", "{english} University Back Gate"),
    ),
}

RIVER = (  # the Han's middle through Seoul, west to east, (lat, lon)
    (37.592, 126.800),
    (37.570, 126.853),
    (37.552, 126.888),
    (37.537, 126.920),
    (37.528, 126.945),
    (37.514, 126.970),
    (37.511, 126.988),
    (37.520, 127.008),
    (37.534, 127.030),
    (37.527, 127.057),
    (37.524, 127.078),
    (37.525, 127.100),
    (37.545, 127.118),
    (37.565, 127.145),
)
RIVER_HALF_WIDTH = 560.0  # metres, with its banks
