"""What four horizons cost over one, and each engine: the same cycle with other models, in turn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from bench import measure, models
from bench.report import Report, at_most
from bench.servers import redis_server
from bench.stage import Stage
from forecaster.engines import Engine

STATIONS, ROUNDS, WARM = 2_700, 15, 2
FOUR = (10, 20, 30, 60)
ENGINES: tuple[Engine, ...] = ("xgboost", "lightgbm")


def run(report: Report) -> None:
    """The cycle at 2,700 stations: ten minutes only, and all four horizons, on both engines."""
    with ExitStack() as stack:
        variants: dict[str, measure.Variant] = {}
        for engine in ENGINES:
            for horizons in ((10,), FOUR):
                report.note(f"training {engine} for {len(horizons)} horizon(s)")
                stage = Stage(
                    stack.enter_context(redis_server()), models.trained(engine, horizons), STATIONS, ROUNDS + WARM
                )
                stack.callback(stage.close)
                variants[f"{engine}_{len(horizons)}"] = _cycle(stage)
        samples = measure.in_turn(variants, ROUNDS, warm=WARM)
    for engine in ENGINES:
        for count in (1, 4):
            report.add(f"cycle_{engine}_{count}h_ms", 1e3 * measure.usual(samples[f"{engine}_{count}"]))
    report.add("cycle_four_horizons_over_one", measure.ratio(samples["xgboost_4"], samples["xgboost_1"]), at_most(3.0))


def _cycle(stage: Stage) -> Callable[[], float]:
    def one() -> float:
        stage.publish()
        return stage.cycle().total

    return one
