"""Run the Spark example on files of known messages and hold its figures to those computed by hand.

python examples/check_spark.py <the Python that has pyspark>
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.snapshot import Snapshot, Station, System
from collector.storage.stream_entry import decode_entry, encode_entry, stream_id
from pedalcast.kafka_export.station_message import station_messages

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
STATIONS, POLLS = 50, 24  # two hours


def main() -> None:
    """Write messages as the export encodes them, some twice; run the example; compare."""
    with tempfile.TemporaryDirectory() as folder:
        files, out = Path(folder) / "files", Path(folder) / "out"
        files.mkdir()
        for number in range(POLLS):
            lines = b"\n".join(_messages(number))
            (files / f"{number:03d}.json").write_bytes(lines)
            if number % 5 == 0:  # sent again after a failure
                (files / f"{number:03d}-again.json").write_bytes(lines)
        command = [sys.argv[1], str(Path(__file__).with_name("spark_stations.py"))]
        command += ["--files", str(files), "--out", str(out), "--until-end"]
        spark = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_SUBMIT_ARGS": _LOCAL}
        subprocess.run(command, check=True, env={**os.environ, **spark})  # noqa: S603 (its own arguments)
        rows = [json.loads(line) for file in sorted(out.glob("*.json")) for line in file.read_text().splitlines()]
    found = {row["start"][11:16]: (row["polls"], round(row["bikes"], 3), round(row["empty"], 3)) for row in rows}
    # What the watermark has passed is written: the last quarters wait for messages that do not come any more.
    expected = {f"{10 + quarter // 4}:{quarter % 4 * 15:02d}": _quarter(quarter) for quarter in range(len(found))}
    if len(found) < 4 or found != expected:
        sys.exit(f"the example gave {found}, by hand it is {expected}")
    print(f"{len(found)} quarters as by hand: {found}")


_LOCAL = (
    "--master local[2] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1"
    " --conf spark.driver.bindAddress=127.0.0.1 --conf spark.log.level=ERROR pyspark-shell"
)


def _bikes(number: int, station: int) -> int:
    return (number * station + number) % 7


def _messages(number: int) -> list[bytes]:
    at = START + timedelta(minutes=5 * number)
    stations = tuple(Station(f"ST-{i}", f"Station {i}", bikes=_bikes(number, i), docks=3) for i in range(STATIONS))
    snapshot = Snapshot(System("seoul", "Seoul", "Asia/Seoul"), at, at, stations)
    entry = decode_entry(stream_id(at), encode_entry(snapshot))
    return [message.value for message in station_messages(entry)]


def _quarter(quarter: int) -> tuple[int, float, float]:
    counts = [[_bikes(3 * quarter + poll, i) for i in range(STATIONS)] for poll in range(3)]
    everything = [count for poll in counts for count in poll]
    return 3, round(sum(everything) / 3, 3), round(everything.count(0) / len(everything), 3)


if __name__ == "__main__":
    main()
