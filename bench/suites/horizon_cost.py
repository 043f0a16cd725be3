"""What four horizons cost over one, and what each way of predicting costs: the same cycle with other models, in turn.

Nothing is compiled while the service runs. XGBoost's own predictor is compiled in its wheel, walks a tree once for all
horizons, and reads the features where they lie; it stands beside the same trees through its plain interface, which
copies them first, and beside LightGBM, whose leaves are looked up in a table. A compiler of single sums is not among
them: with lleaves all trees would be walked again for every class and horizon.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import xgboost as xgb

from bench.sample_data import trained_models
from bench.support import measure
from bench.support.measurement_report import Report, at_most
from bench.support.servers import redis_server
from bench.support.stage import CycleStage
from forecaster.model import ForecastModel
from forecaster.model.engines import Engine
from forecaster.model.xgboost_engine import XgboostTrees

STATIONS, ROUNDS, WARM = 2_700, 15, 2
FOUR = (10, 20, 30, 60)
ENGINES: tuple[Engine, ...] = ("xgboost", "lightgbm")


def run(report: Report) -> None:
    """The cycle at 2,700 stations on both engines, ten minutes only and all four horizons; and the prediction alone."""
    with ExitStack() as stack:
        variants: dict[str, measure.Variant] = {}
        for engine in ENGINES:
            for horizons in ((10,), FOUR):
                report.note(f"training {engine} for {len(horizons)} horizon(s)")
                model = trained_models.trained(engine, horizons)
                stage = CycleStage(stack.enter_context(redis_server()), model, STATIONS, ROUNDS + WARM)
                stack.callback(stage.close)
                variants[f"cycle_{engine}_{len(horizons)}h"] = _cycle(stage)
            variants |= _predictions(engine, model, stage)
        samples = measure.in_turn(variants, ROUNDS, warm=WARM)
    for name, seconds in samples.items():
        report.add(f"{name}_ms", 1e3 * measure.lower_quartile(seconds))
    one_horizon, four_horizons, plain = (
        samples[f"cycle_{name}"] for name in ("xgboost_1h", "xgboost_4h", "lightgbm_4h")
    )
    report.add("cycle_four_horizons_over_one", measure.ratio(four_horizons, one_horizon), at_most(3.0))
    report.add("cycle_compiled_times_faster_than_lightgbm", measure.ratio(plain, four_horizons))


def _predictions(engine: Engine, model: ForecastModel, stage: CycleStage) -> dict[str, measure.Variant]:
    """The trees' margins of one poll's rows, in every way that there is."""
    x, trees = stage.features(), model.trees
    variants = {f"predict_{engine}_4h": measure.timed(lambda: trees.margins(x))}
    if isinstance(trees, XgboostTrees):
        booster = trees._booster
        variants[f"predict_{engine}_plain_4h"] = measure.timed(
            lambda: booster.predict(xgb.DMatrix(x, nthread=1), output_margin=True)
        )
    return variants


def _cycle(stage: CycleStage) -> Callable[[], float]:
    def cycle() -> float:
        stage.publish()
        return stage.cycle().total

    return cycle
