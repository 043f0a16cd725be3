"""The forecast cycle beside the straightforward design and beside what cannot be gone below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.sample_data import trained_models
from bench.support import measure, straightforward
from bench.support.measurement_report import Report, at_least, at_most
from bench.support.servers import redis_server
from bench.support.stage import CycleStage

SIZES = {2_700: 41, 30_000: 7, 100_000: 3}  # stations -> rounds
SAMPLE = 25  # stations that the straightforward design forecasts a round
PARTS = straightforward.PARTS
MANY = 6  # more rounds' polls than are measured: warm-up


@dataclass(slots=True)
class CycleFigures:
    """Seconds of each part of each variant, round by round."""

    cycle: dict[str, list[float]]
    straight: dict[str, list[float]]


def run(report: Report) -> None:
    """Measure at every size."""
    report.note("training the ten-minute model")
    model = trained_models.trained()
    for stations, rounds in SIZES.items():
        report.note(f"cycle at {stations:,} stations")
        with redis_server() as url:
            stage = CycleStage(url, model, stations, rounds + MANY)
            _measure(report, stage, stations, rounds)
            stage.close()


def _measure(report: Report, stage: CycleStage, stations: int, rounds: int) -> None:
    got = CycleFigures({part: [] for part in PARTS}, {part: [] for part in PARTS})
    stage.publish()
    stage.cycle()
    sheet, features = stage.sheet(), stage.features()
    packed = b"".join(sheet.commands())
    window = stage.window
    some = [straightforward.station_inputs(stage.model, window, n * stations // SAMPLE) for n in range(SAMPLE)]

    def cycle() -> float:
        timings = stage.cycle()
        for part in PARTS:
            got.cycle[part].append(getattr(timings, part))
        return timings.total

    def one_by_one() -> float:
        seconds = [straightforward.forecast(stage.client, stage.model, inputs) for inputs in some]
        for part in PARTS:
            got.straight[part].append(sum(by_part[part] for by_part in seconds) * stations / SAMPLE)
        return sum(got.straight[part][-1] for part in PARTS)

    variants = {
        "publish": measure.timed(stage.publish),
        "read": measure.timed(stage.read_bare),
        "cycle": cycle,
        "predict": measure.timed(lambda: stage.model.trees.margins(features)),
        "write": measure.timed(lambda: stage.write_bare(sheet, packed)),
        "plain_write": measure.timed(stage.write_plainly),
        "straight": one_by_one,
    }
    samples = measure.in_turn(variants, rounds, warm=2)
    _add_figures(report, stations, samples, got)


def _add_figures(report: Report, stations: int, samples: measure.Samples, got: CycleFigures) -> None:
    aims = stations == 2_700
    for part in PARTS:
        report.add(f"cycle_{stations}_{part}_ms", 1e3 * measure.lower_quartile(got.cycle[part]))
    report.add(f"cycle_{stations}_ms", 1e3 * measure.lower_quartile(samples["cycle"]))
    for part in PARTS:
        report.add(f"straight_{stations}_{part}_ms", 1e3 * measure.lower_quartile(got.straight[part]))
    report.add(f"straight_{stations}_ms", 1e3 * measure.lower_quartile(samples["straight"]))
    plain = measure.lower_quartile(samples["plain_write"])
    hand_written, cycle = measure.lower_quartile(got.cycle["write"]), measure.lower_quartile(samples["cycle"])
    report.add(f"cycle_{stations}_plain_write_ms", 1e3 * plain)
    report.add(f"cycle_{stations}_byte_writer_saves_share", (plain - hand_written) / (cycle - hand_written + plain))
    redis = list(np.add(samples["read"], samples["write"]))
    floor = list(np.add(redis, samples["predict"]))
    report.add(f"floor_{stations}_redis_ms", 1e3 * measure.lower_quartile(redis))
    report.add(f"floor_{stations}_predict_ms", 1e3 * measure.lower_quartile(samples["predict"]))
    report.add(
        f"cycle_{stations}_times_faster",
        measure.ratio(samples["straight"], samples["cycle"]),
        at_least(200) if aims else None,
    )
    report.add(f"cycle_{stations}_over_floor", measure.ratio(samples["cycle"], floor), at_most(1.4) if aims else None)
