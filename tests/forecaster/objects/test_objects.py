"""One contract for both kinds of object store."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecaster.objects import ObjectConflict, ObjectNotFound, ObjectStore, change


def test_what_was_put_is_got(objects: ObjectStore) -> None:
    etag = objects.put("a/b.bin", b"\x00one")
    blob = objects.get("a/b.bin")
    assert blob.data == b"\x00one"
    assert blob.etag == etag


def test_an_overwrite_changes_the_etag(objects: ObjectStore) -> None:
    first = objects.put("a", b"one")
    assert objects.put("a", b"two") != first
    assert objects.get("a").data == b"two"


def test_nothing_there_is_not_found(objects: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound, match=r"a/nothing\.json"):
        objects.get("a/nothing.json")
    assert not objects.exists("a/nothing.json")
    objects.delete("a/nothing.json")


def test_delete_and_exists(objects: ObjectStore) -> None:
    objects.put("a", b"one")
    assert objects.exists("a")
    objects.delete("a")
    assert not objects.exists("a")


def test_list_is_sorted_and_by_prefix(objects: ObjectStore) -> None:
    for key in ("h/date=2/x", "h/date=1/hour=03/x", "h/date=1/hour=01/x", "other", "hx"):
        objects.put(key, b"")
    assert objects.list("h/date=1") == ["h/date=1/hour=01/x", "h/date=1/hour=03/x"]
    assert objects.list("h") == ["h/date=1/hour=01/x", "h/date=1/hour=03/x", "h/date=2/x", "hx"]
    assert objects.list("nothing/") == []
    assert len(objects.list()) == 5


def test_if_absent_writes_once(objects: ObjectStore) -> None:
    objects.put("a", b"one", if_absent=True)
    with pytest.raises(ObjectConflict):
        objects.put("a", b"two", if_absent=True)
    assert objects.get("a").data == b"one"


def test_if_match_only_replaces_what_was_read(objects: ObjectStore) -> None:
    first = objects.put("a", b"one")
    second = objects.put("a", b"two", if_match=first)
    with pytest.raises(ObjectConflict):
        objects.put("a", b"three", if_match=first)
    assert objects.get("a").data == b"two"
    objects.put("a", b"three", if_match=second)
    assert objects.get("a").data == b"three"


def test_if_match_on_nothing_conflicts(objects: ObjectStore) -> None:
    with pytest.raises(ObjectConflict):
        objects.put("a", b"one", if_match="0" * 32)
    assert not objects.exists("a")


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.hidden", "a\\b"])
def test_keys_cannot_climb_out(objects: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="not an object key"):
        objects.put(key, b"")


class TestChange:
    def test_makes_and_edits(self, objects: ObjectStore) -> None:
        assert change(objects, "a", lambda old: (old or b"") + b"x")
        assert change(objects, "a", lambda old: (old or b"") + b"x")
        assert objects.get("a").data == b"xx"

    def test_leaves_alone_what_does_not_change(self, objects: ObjectStore) -> None:
        objects.put("a", b"x")
        assert not change(objects, "a", lambda old: old)
        assert not change(objects, "a", lambda _: None)

    def test_looks_again_when_another_writer_came_first(self, objects: ObjectStore) -> None:
        seen: list[bytes | None] = []

        def edit(old: bytes | None) -> bytes:
            seen.append(old)
            if len(seen) == 1:
                objects.put("a", b"theirs")
            return (old or b"") + b"+ours"

        assert change(objects, "a", edit)
        assert seen == [None, b"theirs"]
        assert objects.get("a").data == b"theirs+ours"

    def test_gives_up_when_it_always_loses(self, objects: ObjectStore) -> None:
        def edit(old: bytes | None) -> bytes:
            objects.put("a", (old or b"") + b"t")
            return b"ours"

        with pytest.raises(ObjectConflict, match="3 times"):
            change(objects, "a", edit, attempts=3)


class TestFiles:
    @pytest.mark.parametrize("size", [0, 1, 9 << 20])  # the last is sent to S3 in parts
    def test_what_is_put_is_fetched(self, objects: ObjectStore, tmp_path: Path, size: int) -> None:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(b"\x00\xffab" * (size // 4) + b"x" * (size % 4))
        for _ in range(2):  # the second one replaces
            objects.put_file("documents/1/file", source)
        objects.fetch_file("documents/1/file", target)
        assert target.read_bytes() == source.read_bytes()
        assert objects.list("documents/") == ["documents/1/file"]

    def test_an_absent_one_is_not_found(self, objects: ObjectStore, tmp_path: Path) -> None:
        with pytest.raises(ObjectNotFound):
            objects.fetch_file("documents/none", tmp_path / "target")
