"""Walking over history in chunks, holding no more of it than one chunk's window."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from forecaster.history.file_schema import HOUR
from forecaster.history.hour_arrays import HourArrays, HourReader, to_window
from forecaster.objects import ObjectStore
from forecaster.window import HistoryChunk

READERS = 4  # hour files fetched at once: on S3 the time goes into waiting


def read_chunks(
    objects: ObjectStore,
    reader: HourReader,
    hours: list[int],
    *,
    span: tuple[int, int],
    step: int,
    around: tuple[int, int],
) -> Iterator[HistoryChunk]:
    """Chunks of `step` seconds over `span` = [start, end), each with `around` = (before, after) seconds beside it.

    `hours` are the starts of the hours that exist, oldest first. Chunks without a poll of their own are left out. An
    hour file is read once, however many windows it falls into; damaged ones are left out.
    """
    before, after = around
    held: dict[int, HourArrays | None] = {}
    with ThreadPoolExecutor(READERS, thread_name_prefix="history") as pool:
        for start in range(span[0], span[1], step):
            end = min(start + step, span[1])
            wanted = [hour for hour in hours if start - before < hour + HOUR and hour <= end + after]
            held = {hour: arrays for hour, arrays in held.items() if hour >= start - before - HOUR}
            if not any(start < hour + HOUR and hour < end for hour in wanted):
                continue
            missing = [hour for hour in wanted if hour not in held]
            held.update(zip(missing, pool.map(lambda hour: reader.read(objects, hour), missing), strict=True))
            arrays = [hour for start_of_hour in wanted if (hour := held[start_of_hour]) is not None]
            window = to_window(reader.stations, arrays, start - before, end + after)
            chunk = HistoryChunk(window, start, end)
            if np.size(window.times[chunk.inside()]):
                yield chunk
