"""The run that is served."""

import gzip

import brotli
import orjson

from pedalcast.forecasts.forecast_run import RunInfo
from pedalcast.forecasts.repository import PublishedRun
from pedalcast.forecasts.served_run import ServedRunHolder


def run(name: str, *ids: str) -> PublishedRun:
    """A published run whose stations' values are all of one width."""
    values = [orjson.dumps({"station_id": one, "run": name}).ljust(60) for one in ids]
    head = b'{"run":"%s","stations":[' % name.encode()
    info = RunInfo(name, 2, 1, 1, "a-model", (10,))
    return PublishedRun(info, ids, head + b",".join(values) + b"]}", len(head), 60)


class TestBoard:
    def test_has_nothing_before_the_first_run(self) -> None:
        assert ServedRunHolder().whole() is None
        assert ServedRunHolder().station("A") is None

    def test_cuts_a_station_from_the_body(self) -> None:
        board = ServedRunHolder()
        board.post(run("r1", "A", "망원역", "C"))
        found = board.station("망원역")
        assert found is not None
        assert orjson.loads(found.plain) == {"station_id": "망원역", "run": "r1"}
        assert board.station("D") is None

    def test_serves_the_next_run_whole(self) -> None:
        board = ServedRunHolder()
        board.post(run("r1", "A", "B"))
        board.post(run("r2", "B"))
        whole, station = board.whole(), board.station("B")
        assert whole is not None
        assert station is not None
        assert orjson.loads(whole.plain)["run"] == "r2"
        assert whole.etag == station.etag == b'W/"r2"'
        assert board.station("A") is None

    def test_compresses_what_it_serves(self) -> None:
        board = ServedRunHolder()
        board.post(run("r1", "A", "B"))
        plain = board.whole()
        assert plain is not None
        assert plain.gzip is None
        board.compress()
        whole = board.whole()
        assert whole is not None
        assert gzip.decompress(whole.gzip or b"") == brotli.decompress(whole.brotli) == plain.plain
