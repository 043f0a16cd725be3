"""Finds the stations a question means: by id, number, name in either language, or position."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from pedalcast.rag.live.place_mention import mention_words, other_exit, place_candidates, text_without_place
from pedalcast.rag.live.station_names import (
    FUNCTION_WORDS,
    GENERIC,
    bare,
    is_hangul,
    jamo,
    number_of,
    plain,
    romanised,
    words,
)
from pedalcast.rag.live.types import LiveStation
from pedalcast.rag.text.linear_regex import linear

_NUMBER = re.compile(
    r"(?:\b(?:station|stop|dock|no\.?|number|at)\s*#?|#|대여소\s?|정류소\s?|번호\s?)(\d{1,5})\b(?![:.]\d|\s*번?\s*(?:출구|분|시|am\b|pm\b|a\.m|p\.m|o'clock))"
    r"|(?<![\d.:])(\d{1,5})\s?번(?!\s*(?:출구|게이트|째|정도|이나|은|의? ?탈))",
    re.IGNORECASE,
)
_ID = linear(r"[A-Za-z0-9][\w-]*\d[\w-]*|[0-9a-f-]{12,}", ignore_case=True)
_POSITION = linear(r"(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)")
_NEAR = linear(
    r"근처|주변|부근|가까운|인근|\bnear(?:by|est)?\b|\baround\b|\bclose(?:st)? to\b|\bclosest\b", ignore_case=True
)
_SIDE_BY_SIDE = linear(r"(?:이랑|랑|하고|와|과)\s|\s(?:and|or|vs\.?|versus)\s|,", ignore_case=True)
_KINDS = tuple(word for word in GENERIC if is_hangul(word) and len(word) > 2)
_FUZZY = 84  # of 100; one wrong letter in six passes
_SIMILAR = 55  # of 100; names worth offering where none is found
_CLEAR = 0.85  # how near the best score another must be to leave it open which station is meant


@dataclass(frozen=True, slots=True)
class StationMatch:
    """What a question says about where.

    `stations` are those it may mean, best first: one where it is clear; `sure` where their number, id or most of the
    name stands in the question literally. `near` asks for the surroundings of them or of
    `position` (latitude, longitude). `unknown` is a name or number that no station has, `suggestions` the nearest.
    """

    stations: tuple[LiveStation, ...] = ()
    sure: bool = False
    near: bool = False
    position: tuple[float, float] | None = None
    unknown: str = ""
    suggestions: tuple[LiveStation, ...] = field(default=())


class StationDirectory:
    """The stations of one snapshot, to be searched. Built once a poll; some milliseconds for some thousand stations."""

    def __init__(self, stations: Sequence[LiveStation]) -> None:
        self.stations = stations
        self._by_id = {station.id.casefold(): i for i, station in enumerate(stations)}
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._full: list[list[set[str]]] = []
        self._ordinary: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._ordinary_stations: set[int] = set()
        for i, station in enumerate(stations):
            self._add(i, station)

    def _add(self, i: int, station: LiveStation) -> None:
        spellings = dict.fromkeys((station.name, *station.names.values()))
        if number := number_of(station.name):
            self._by_number[number].append(i)
        self._full.append([set(words(name)) for name in spellings])
        for phrase in {tuple(plain(name).split()) for name in spellings}:
            if len(phrase) > 1 and not FUNCTION_WORDS.isdisjoint(phrase):
                self._ordinary[phrase].append(i)
                self._ordinary_stations.add(i)
        for word in {word for name in self._full[i] for word in name}:
            self._by_word[word].add(i)

    @cached_property
    def _latin(self) -> dict[str, str]:
        """Korean words by their spelling in Latin letters, for cities that name stations in Korean only."""
        return {latin: word for word in self._by_word if is_hangul(word) and len(latin := romanised(word)) > 3}

    @cached_property
    def _korean(self) -> dict[str, str]:
        return {jamo(word): word for word in self._by_word if is_hangul(word) and len(word) > 2}

    @cached_property
    def _spellings(self) -> list[tuple[str, int]]:
        """Every name there is, spelt for comparing, with its station."""
        return [
            (jamo(plain(bare(name))), i)
            for i, station in enumerate(self.stations)
            for name in dict.fromkeys((station.name, *station.names.values()))
        ]

    @cached_property
    def _latin_words(self) -> list[str]:
        return [word for word in self._by_word if not is_hangul(word) and len(word) > 3 and word not in GENERIC]

    def find(self, question: str) -> StationMatch:
        """What the question says about where."""
        near = bool(_NEAR.search(question))
        if position := _position(question):
            return StationMatch(near=True, position=position)
        if exact := self._named(question) or self._said_whole(question):
            return StationMatch(stations=exact, sure=True, near=near)
        if number := _NUMBER.search(question):
            return self._numbered(number[1] or number[2], number.group().strip(), near=near)
        sure = self._telling(said := self._said(question))
        if found := self._by_name(said if sure else self._nearly_said(question)):
            found = self._refined(found, question)
            sure = sure and self._mostly(found[0][0], said)
            return self._at_its_exit(question, StationMatch(self._clear(found), sure=sure, near=near))
        if mention := text_without_place(question):
            return StationMatch(near=near, unknown=mention, suggestions=self.nearest_names(mention))
        return StationMatch(near=near)

    @staticmethod
    def _at_its_exit(question: str, match: StationMatch) -> StationMatch:
        """The match; unknown where the question names an exit at which these stations are not."""
        names = [name for station in match.stations for name in (station.name, *station.names.values())]
        if other := other_exit(question, names):
            return StationMatch(near=match.near, unknown=other, suggestions=match.stations)
        return match

    def compared(self, question: str) -> tuple[LiveStation, ...]:
        """The stations that a question names side by side ("the dormitory and the library"); empty below two.

        A second place may leave out the first word of the first ("Mireu Tower and Park").
        """
        parts = [part.strip() for part in _SIDE_BY_SIDE.split(question)]
        parts = [part for part in parts if part and place_candidates(part)]
        if len(parts) < 2:
            return ()
        head = place_candidates(parts[0])[0]
        places = [self.find(part) for part in parts]
        for number, place in enumerate(places[1:], 1):
            if len(place.stations) != 1:
                places[number] = self.find(f"{head} {parts[number]}")
        named = dict.fromkeys(place.stations[0].id for place in places if len(place.stations) == 1)
        by_id = {station.id: station for station in self.stations}
        return tuple(by_id[id_] for id_ in named) if len(named) > 1 else ()

    def _refined(self, found: list[tuple[int, float]], question: str) -> list[tuple[int, float]]:
        """Of several candidates, those whose names have most of the words said, in parts or nearly."""
        said = [piece for piece in mention_words(question) if len(piece) > 1]
        if len(found) < 2 or len(said) < 2:
            return found
        hits = {i: sum(any(_alike(piece, word) for word in self._all_words(i)) for piece in said) for i, _ in found}
        most = max(hits.values())
        return [pair for pair in found if hits[pair[0]] == most]

    def _all_words(self, i: int) -> set[str]:
        return {word for name in self._full[i] for word in name}

    def nearest_names(self, mention: str, n: int = 3) -> tuple[LiveStation, ...]:
        """The stations whose names look most like a mention."""
        names = [spelling for spelling, _ in self._spellings]
        hits = process.extract(
            jamo(plain(mention)), names, scorer=fuzz.partial_ratio, score_cutoff=_SIMILAR, limit=4 * n
        )
        found = dict.fromkeys(self._spellings[at][1] for _, _, at in hits)
        return tuple(self.stations[i] for i in list(found)[:n])

    def around(self, lat: float, lon: float, n: int, *, without: Iterable[str] = ()) -> list[tuple[LiveStation, int]]:
        """The n nearest stations that work, with their distance in metres."""
        left_out = set(without)
        usable = (s for s in self.stations if s.installed and s.id not in left_out and s.lat is not None)
        distances = [(station, _metres(lat, lon, station)) for station in usable]
        return sorted(distances, key=lambda pair: pair[1])[:n]

    def _named(self, question: str) -> tuple[LiveStation, ...]:
        ids = [self._by_id[token] for token in map(str.casefold, _ID.findall(question)) if token in self._by_id]
        sure = [i for i in ids if not self.stations[i].id.isdigit() or len(self.stations[i].id) > 4]
        return tuple(self.stations[i] for i in dict.fromkeys(sure))

    def _said_whole(self, question: str) -> tuple[LiveStation, ...]:
        """The stations whose names have words of any sentence ("Lot A", "I Street"), where the whole name is said."""
        tokens = plain(question).split() if self._ordinary else []
        phrases = (tuple(tokens[a:b]) for a in range(len(tokens)) for b in range(a + 2, min(a + 7, len(tokens) + 1)))
        places = dict.fromkeys(i for phrase in phrases for i in self._ordinary.get(phrase, ()))
        return tuple(self.stations[i] for i in places)

    def _is_meant(self, i: int, said: Iterable[str]) -> bool:
        """Whether words that were said name the station: of a name with words of any sentence, two others at least."""
        if i not in self._ordinary_stations:
            return True
        return any(len((name - FUNCTION_WORDS).intersection(said)) > 1 for name in self._full[i])

    def _numbered(self, number: str, said: str, *, near: bool) -> StationMatch:
        found = self._by_number.get(number.lstrip("0") or number) or self._by_number.get(number)
        if not found and number in self._by_id:
            found = [self._by_id[number]]
        if found:
            return StationMatch(stations=tuple(self.stations[i] for i in found), sure=True, near=near)
        close = sorted((n for n in self._by_number), key=lambda other: (-fuzz.ratio(number, other), other))[:3]
        return StationMatch(
            near=near, unknown=said, suggestions=tuple(self.stations[self._by_number[n][0]] for n in close)
        )

    def _telling(self, said: Iterable[str]) -> bool:
        return any(self._tells(word) for word in said)

    def _by_name(self, said: dict[str, float]) -> list[tuple[int, float]]:
        """Stations by how much of their name is said, best first."""
        telling = {i for word in said if self._tells(word) and not word.endswith(_KINDS) for i in self._by_word[word]}
        telling = telling or {i for word in said if self._tells(word) for i in self._by_word[word]}
        scores = [(i, self._score(i, said)) for i in telling if self._is_meant(i, said)]
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))

    def _score(self, i: int, said: dict[str, float]) -> float:
        """The weight of the words said, less a little for those of the name that were not."""
        best = 0.0
        for name in self._full[i]:
            hit = sum(self._weight(word) * said[word] for word in name if word in said)
            left = sum(self._weight(word) for word in name if word not in said)
            best = max(best, hit - 0.05 * left)
        return best

    def _mostly(self, i: int, said: dict[str, float]) -> bool:
        """Whether at least half of a name's weight is said."""
        return any(
            2 * sum(self._weight(word) for word in name if word in said) >= sum(map(self._weight, name))
            for name in self._full[i]
        )

    def _weight(self, word: str) -> float:
        return math.log(1 + len(self.stations) / len(self._by_word[word])) * (0.3 if word in GENERIC else 1.0)

    def _tells(self, word: str) -> bool:
        """Whether a word tells stations apart: not "exit", and not one that a tenth of the stations carry."""
        return (
            word not in GENERIC
            and word not in FUNCTION_WORDS
            and not re.fullmatch(r"\d*번?(?:출구|게이트)?|exit\d*", word)
            and (len(self._by_word[word]) <= max(3, len(self.stations) // 10))
        )

    def _said(self, question: str) -> dict[str, float]:
        """Words of names that the question has literally; Korean ones also inside its words, for particles follow."""
        tokens = plain(question).split()
        compact = "".join(tokens)
        found = {token: 1.0 for token in tokens if token in self._by_word}
        for word in self._by_word:
            if not is_hangul(word) or len(word) < 2:
                continue
            if _inside(word, compact) and (len(word) > 2 or any(token.startswith(word) for token in tokens)):
                found[word] = 1.0
            elif any(kind in compact and word.endswith(kind) for kind in _KINDS):
                found.setdefault(word, 0.8)
        return found

    def _nearly_said(self, question: str) -> dict[str, float]:
        """Words of names that the question nearly has: misspelt, a part of a longer word, or in the other script."""
        found = self._said(question)
        for piece in place_candidates(question):
            table = self._korean if is_hangul(piece) else self._latin
            asked = jamo(piece) if is_hangul(piece) else piece
            hits = process.extract(asked, table.keys(), scorer=fuzz.ratio, score_cutoff=_FUZZY, limit=5)
            for spelling, score, _ in hits:
                found[table[spelling]] = max(found.get(table[spelling], 0), (score / 100) ** 2)
            for word, score, _ in process.extract(
                piece, self._latin_words, scorer=fuzz.ratio, score_cutoff=_FUZZY, limit=5
            ):
                found[word] = max(found.get(word, 0), (score / 100) ** 2)
            if is_hangul(piece) and len(piece) > 1:
                stem = piece.removesuffix("역")
                found |= {w: 0.8 for w in self._by_word if len(stem) > 1 and w.startswith(stem) and w not in found}
        return found

    def _clear(self, found: list[tuple[int, float]]) -> tuple[LiveStation, ...]:
        """The best, and those so near to it that it stays open which is meant."""
        best = found[0][1]
        return tuple(self.stations[i] for i, score in found if score >= _CLEAR * best)


def _alike(piece: str, word: str) -> bool:
    """Whether a word that was said is the name's word, a part of it, or nearly it."""
    if is_hangul(piece):
        return piece in word
    return word.startswith(piece) or fuzz.ratio(piece, word) >= _FUZZY


def _inside(word: str, compact: str) -> bool:
    """Whether the word occurs, and not as the tail of a longer number ("1번출구" in "11번출구")."""
    at = compact.find(word)
    return at >= 0 and not (word[0].isdigit() and at > 0 and compact[at - 1].isdigit())


def _position(question: str) -> tuple[float, float] | None:
    found = _POSITION.search(question)
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[2])
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _metres(lat: float, lon: float, station: LiveStation) -> int:
    """Distance on a plane that touches the earth there: good to a thousandth within a city."""
    if station.lat is None or station.lon is None:
        return 10**9
    north = (station.lat - lat) * 111_195
    east = (station.lon - lon) * 111_195 * math.cos(math.radians(lat))
    return round(math.hypot(north, east))
