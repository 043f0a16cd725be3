"""The run that is served."""

import gzip

import brotli
import orjson

from pedalcast.forecasts.board import Board
from pedalcast.forecasts.repository import Published
from pedalcast.forecasts.run import RunInfo


def run(name: str, *ids: str) -> Published:
    """A published run whose stations' values are all of one width."""
    values = [orjson.dumps({"station_id": one, "run": name}).ljust(60) for one in ids]
    head = b'{"run":"%s","stations":[' % name.encode()
    info = RunInfo(name, 2, 1, 1, "a-model", (10,))
    return Published(info, ids, head + b",".join(values) + b"]}", len(head), 60)


class TestBoard:
    def test_has_nothing_before_the_first_run(self) -> None:
        assert Board().whole() is None
        assert Board().station("A") is None

    def test_cuts_a_station_from_the_body(self) -> None:
        board = Board()
        board.post(run("r1", "A", "망원역", "C"))
        found = board.station("망원역")
        assert found is not None
        assert orjson.loads(found.plain) == {"station_id": "망원역", "run": "r1"}
        assert board.station("D") is None

    def test_serves_the_next_run_whole(self) -> None:
        board = Board()
        board.post(run("r1", "A", "B"))
        board.post(run("r2", "B"))
        whole, station = board.whole(), board.station("B")
        assert whole is not None
        assert station is not None
        assert orjson.loads(whole.plain)["run"] == "r2"
        assert whole.etag == station.etag == b'W/"r2"'
        assert board.station("A") is None

    def test_compresses_what_it_serves(self) -> None:
        board = Board()
        board.post(run("r1", "A", "B"))
        plain = board.whole()
        assert plain is not None
        assert plain.gzip is None
        board.compress()
        whole = board.whole()
        assert whole is not None
        assert gzip.decompress(whole.gzip or b"") == brotli.decompress(whole.brotli) == plain.plain
