from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snapshot import Snapshot, Station, System
from collector.storage.stream_entry import (
    COLUMNS,
    INSTALLED,
    RENTING,
    RETURNING,
    StreamEntryError,
    content_hash,
    decode_entry,
    encode_entry,
)
from tests.collector.strategies import SNAPSHOTS

AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


def snapshot(*stations: Station, observed_at: datetime = AT) -> Snapshot:
    return Snapshot(System("city", "City", "Asia/Seoul"), AT, observed_at, stations)


class TestRoundTrip:
    @given(SNAPSHOTS)
    def test_everything_comes_back(self, given: Snapshot) -> None:
        entry = decode_entry("1-0", encode_entry(given))

        assert entry.header.system == given.system
        assert (entry.header.window, entry.header.observed_at) == (given.window, given.observed_at)
        assert (entry.header.partial, entry.header.frozen) == (given.partial, given.frozen)
        assert (entry.header.n, entry.header.rejected) == (len(given.stations), given.rejected)
        assert entry.ids == tuple(s.id for s in given.stations)
        assert entry.values("bikes") == [s.bikes for s in given.stations]
        assert entry.values("docks") == [-1 if s.docks is None else s.docks for s in given.stations]
        assert entry.values("ebikes") == [-1 if s.ebikes is None else s.ebikes for s in given.stations]
        assert entry.values("capacity") == [-1 if s.capacity is None else s.capacity for s in given.stations]
        reported = [-1 if s.reported_at is None else int(s.reported_at.timestamp()) for s in given.stations]
        assert entry.values("reported_at") == reported

    @given(SNAPSHOTS)
    def test_numpy_reads_the_columns_in_place(self, given: Snapshot) -> None:
        entry = decode_entry("1-0", encode_entry(given))

        for name, dtype in COLUMNS.items():
            assert np.frombuffer(entry.column(name), dtype).tolist() == entry.values(name)

    def test_flags_are_one_bit_each(self) -> None:
        stations = (
            Station("a", "a", 1, 1),
            Station("b", "b", 1, 1, renting=False),
            Station("c", "c", 1, 1, installed=False, returning=False),
        )

        flags = decode_entry("1-0", encode_entry(snapshot(*stations))).values("flags")

        assert flags == [INSTALLED | RENTING | RETURNING, INSTALLED | RETURNING, RENTING]

    def test_counts_beyond_int16_stay_at_its_edge(self) -> None:
        entry = decode_entry("1-0", encode_entry(snapshot(Station("a", "a", 70_000, 5))))

        assert entry.values("bikes") == [32767]

    def test_columns_start_on_multiples_of_eight_bytes(self) -> None:
        value = encode_entry(snapshot(Station("a", "a", 1, 1)))

        assert (value.index(b"\n") + 1) % 8 == 0


class TestDamage:
    @given(st.binary(max_size=200))
    def test_foreign_bytes_are_refused_with_one_kind_of_error(self, value: bytes) -> None:
        with pytest.raises(StreamEntryError, match="stream entry 7-0"):
            decode_entry("7-0", value)

    def test_a_value_cut_off_is_refused(self) -> None:
        value = encode_entry(snapshot(Station("a", "a", 1, 1), Station("b", "b", 2, 2)))

        with pytest.raises(StreamEntryError, match="cut off"):
            decode_entry("7-0", value[:-20])

    def test_another_version_is_named(self) -> None:
        value = encode_entry(snapshot()).replace(b'"v":1', b'"v":9')

        with pytest.raises(StreamEntryError, match="version 9"):
            decode_entry("7-0", value)

    def test_an_unknown_column_is_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            decode_entry("7-0", encode_entry(snapshot())).column("colour")


class TestContentHash:
    def test_ignores_the_order_of_the_stations_and_when_they_last_reported(self) -> None:
        a, b = Station("a", "a", 1, 1), Station("b", "b", 2, 2)

        assert content_hash(snapshot(a, b)) == content_hash(snapshot(replace(b, reported_at=AT), a))

    def test_ignores_when_the_poll_was(self) -> None:
        later = datetime(2026, 11, 20, 11, 5, tzinfo=UTC)

        assert content_hash(snapshot(Station("a", "a", 1, 1))) == content_hash(
            snapshot(Station("a", "a", 1, 1), observed_at=later)
        )

    @pytest.mark.parametrize(
        "other",
        [
            Station("a", "a", 2, 1),
            Station("a", "a", 1, 2),
            Station("b", "a", 1, 1),
            Station("a", "a", 1, 1, renting=False),
        ],
    )
    def test_changes_with_whatever_the_feed_says(self, other: Station) -> None:
        assert content_hash(snapshot(Station("a", "a", 1, 1))) != content_hash(snapshot(other))
