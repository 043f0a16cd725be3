"""Damaged objects: one error whatever is wrong with the bytes, and nothing lost when they are replaced."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import orjson
import polars as pl
import pytest
from polars.exceptions import PanicException

from forecaster.history.file_schema import to_parquet
from forecaster.objects import ObjectDamaged, ObjectNotFound, ObjectStore, open_objects, read_object, replaceable


class TestReadObject:
    @pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[1"])
    def test_raises_one_error_and_records_the_key(self, objects: ObjectStore, data: bytes) -> None:
        objects.put("a/b.json", data)
        with pytest.raises(ObjectDamaged, match=r"^a/b\.json: cannot be read"):
            read_object(objects, "a/b.json", orjson.loads)
        assert list(objects.damage.reasons()) == ["a/b.json"]

    def test_a_parquet_file_with_any_byte_changed_is_read_or_damaged(self, tmp_path: Path) -> None:
        """polars panics over some files, with an exception that is no `Exception`."""
        objects = open_objects(tmp_path / "store")
        good = to_parquet(pl.DataFrame({"station_id": ["a", "b"] * 40, "bikes": range(80)}))
        for place in range(0, len(good), 3):
            objects.put("a.parquet", good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
            with suppress(ObjectDamaged):
                read_object(objects, "a.parquet", lambda data: pl.read_parquet(io.BytesIO(data)))

    def test_a_panic_is_damage(self, objects: ObjectStore) -> None:
        objects.put("a.parquet", b"PAR1")

        def panic(_: bytes) -> None:
            raise PanicException("called `Result::unwrap()` on an `Err` value")

        with pytest.raises(ObjectDamaged, match="PanicException"):
            read_object(objects, "a.parquet", panic)

    def test_forgets_the_key_once_it_can_be_read(self, objects: ObjectStore) -> None:
        objects.put("a.json", b"{")
        with pytest.raises(ObjectDamaged):
            read_object(objects, "a.json", orjson.loads)
        objects.put("a.json", b"{}")
        assert read_object(objects, "a.json", orjson.loads) == {}
        assert len(objects.damage) == 0

    def test_an_absent_object_is_not_damaged(self, objects: ObjectStore) -> None:
        with pytest.raises(ObjectNotFound):
            read_object(objects, "a.json", orjson.loads)
        assert len(objects.damage) == 0


class TestReplaceable:
    def test_sets_a_damaged_object_aside_once(self, objects: ObjectStore) -> None:
        objects.put("a.json", b"{")
        for _ in range(2):
            assert replaceable(objects, "a.json", b"{", orjson.loads) is None
        (copy,) = objects.list("damaged/")
        assert copy.endswith("/a.json")
        assert objects.get(copy).data == b"{"

    def test_reads_what_can_be_read(self, objects: ObjectStore) -> None:
        assert replaceable(objects, "a.json", b"[1]", orjson.loads) == [1]
        assert replaceable(objects, "a.json", None, orjson.loads) is None
        assert objects.list("damaged/") == []
