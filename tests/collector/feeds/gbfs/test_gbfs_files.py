from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import FeedError
from collector.feeds.gbfs.gbfs_files import (
    Envelope,
    chosen,
    read_discovery,
    read_envelope,
    read_name,
    read_system,
    read_vehicle_types,
    records,
)
from collector.snapshot import System
from tests.collector.strategies import JSON

AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
HOST = System("host", "host", "UTC")


def envelope(data: Any, version: str = "2.3") -> Envelope:
    return Envelope(version, None, 60, data)


class TestEnvelope:
    def test_version_1_0_has_none_in_its_header(self) -> None:
        found = read_envelope(b'{"last_updated": 1474147907, "ttl": 60, "data": {}}')

        assert (found.version, found.major, found.ttl) == ("1.0", 1, 60)
        assert found.updated_at(UTC, AT) == datetime(2016, 9, 17, 21, 31, 47, tzinfo=UTC)

    def test_version_3_sends_rfc_3339(self) -> None:
        found = read_envelope(b'{"last_updated": "2024-03-21T09:25:53.343Z", "ttl": 0, "version": "3.0"}')

        assert (found.major, found.ttl) == (3, 0)
        assert found.updated_at(UTC, AT) == datetime(2024, 3, 21, 9, 25, 53, tzinfo=UTC)

    def test_another_name_for_the_time(self) -> None:
        assert read_envelope(b'{"lastUpdatedOther": 1603742052, "data": {}}').updated_at(UTC, AT) is not None

    @pytest.mark.parametrize("body", [b"", b"[]", b"<html></html>", b'{"data": {"stat'])
    def test_no_object_is_worth_another_try(self, body: bytes) -> None:
        with pytest.raises(FeedError) as caught:
            read_envelope(body)
        assert caught.value.transient is True

    @given(st.dictionaries(st.sampled_from(["version", "ttl", "last_updated", "data"]), JSON))
    def test_any_header_can_be_read(self, document: dict[str, Any]) -> None:
        found = read_envelope(json.dumps(document).encode())

        assert found.major >= 0
        assert found.ttl >= 0


class TestDiscovery:
    FEEDS = (
        {"name": "station_status", "url": "https://x/a"},
        {"name": "system_information.json", "url": "https://x/b"},
    )

    def test_version_3_lists_them_once(self) -> None:
        assert read_discovery(envelope({"feeds": list(self.FEEDS)})) == {
            "": {"station_status": "https://x/a", "system_information": "https://x/b"}
        }

    def test_before_that_once_a_language(self) -> None:
        french = [{"name": "station_status", "url": "https://x/fr"}]
        data = {"fr": {"feeds": french}, "en": {"feeds": list(self.FEEDS)}, "de": {"feeds": []}, "nb": None}
        listed = read_discovery(envelope(data))

        assert list(listed) == ["fr", "en"]
        assert listed["fr"] == {"station_status": "https://x/fr"}

    @pytest.mark.parametrize(
        ("languages", "wanted", "found"),
        [(["fr", "en"], "fr", "fr"), (["fr", "en"], "ko", "en"), (["nb", "fr"], "ko", "nb"), ([""], "ko", "")],
    )
    def test_a_language_is_chosen(self, languages: list[str], wanted: str, found: str) -> None:
        assert chosen(languages, wanted) == found

    @given(JSON)
    def test_any_data_name_feeds_or_none(self, data: Any) -> None:
        with contextlib.suppress(FeedError):
            assert all(read_discovery(envelope(data)).values())

    def test_records_that_name_nothing_are_passed_over(self) -> None:
        feeds = [None, {"name": "gbfs"}, {"url": "https://x"}, *self.FEEDS]

        assert set(read_discovery(envelope({"feeds": feeds}))[""]) == {"station_status", "system_information"}

    @pytest.mark.parametrize("data", [None, {}, [], {"feeds": []}, {"en": None}, {"en": {"feeds": {}}}, 5])
    def test_a_file_that_names_none_is_an_error(self, data: Any) -> None:
        with pytest.raises(FeedError, match="names no feeds"):
            read_discovery(envelope(data))


class TestSystem:
    def test_before_version_3(self) -> None:
        data = {"system_id": "lyft_chi", "name": "Divvy", "timezone": "America/Chicago", "language": "en"}
        system = read_system(envelope(data), HOST)

        assert (system.id, system.name, system.timezone, system.language) == (
            "lyft_chi",
            "Divvy",
            "America/Chicago",
            "en",
        )

    def test_version_3(self) -> None:
        name = [{"text": "Check", "language": "en"}, {"text": "Check nl", "language": "nl"}]
        system = read_system(envelope({"system_id": "c", "name": name, "languages": ["nl", "en"]}), HOST)

        assert (system.name, system.language, system.timezone) == ("Check nl", "nl", "UTC")

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", None, "/etc/passwd", "../x", 5, "Europe"])
    def test_a_zone_that_does_not_exist_is_utc(self, zone: Any) -> None:
        assert read_system(envelope({"timezone": zone}), HOST).timezone == "UTC"

    @given(JSON)
    def test_never_fails(self, data: Any) -> None:
        assert read_system(envelope(data), HOST).id


class TestNames:
    def test_a_string_before_version_3(self) -> None:
        assert read_name("Main Street") == ("Main Street", {})

    def test_texts_by_language_since(self) -> None:
        value = [{"text": "여울역", "language": "ko"}, {"text": "Yeoul", "language": "en"}, {"text": ""}, 7]

        assert read_name(value, "en") == ("Yeoul", {"ko": "여울역", "en": "Yeoul"})
        assert read_name(value, "fr")[0] == "여울역"

    @pytest.mark.parametrize("value", [None, "", [], [None], {}])
    def test_none(self, value: Any) -> None:
        assert read_name(value) == (None, {})


class TestVehicleTypes:
    def test_bikes_with_and_without_a_motor_and_the_rest(self) -> None:
        types = [
            {"vehicle_type_id": "1", "form_factor": "bicycle", "propulsion_type": "human"},
            {"vehicle_type_id": "2", "form_factor": "bicycle", "propulsion_type": "electric_assist"},
            {"vehicle_type_id": 3, "form_factor": "scooter_standing", "propulsion_type": "electric"},
            {"vehicle_type_id": "4", "form_factor": "cargo_bicycle", "propulsion_type": "electric"},
            {"vehicle_type_id": "5"},
            {"form_factor": "bicycle"},
            None,
        ]

        found = read_vehicle_types(envelope({"vehicle_types": types}))

        assert (found.human, found.electric, found.others) == ({"1", "5"}, {"2", "4"}, {"3"})


class TestRecords:
    @pytest.mark.parametrize("data", [None, [], {}, {"stations": {}}, {"Stations": []}])
    def test_a_missing_list_is_an_error_that_names_it(self, data: Any) -> None:
        with pytest.raises(FeedError, match=r"data\.stations"):
            records(envelope(data), "stations")
