"""A city without a champion is forecast by the general model from its first poll on."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from fastapi import FastAPI

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from forecaster.general.general_trainer import GENERAL
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.stopped_clock import StoppedClock

ADMIN = {"authorization": "Bearer a-token-of-the-tests"}


def test_the_first_forecast_is_the_general_models(
    settings: Settings,
    store: SnapshotStore,
    clock: StoppedClock,
    serve: Callable[[FastAPI], httpx.Client],
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    store.publish(SimulatedCity(start=clock.now(), stations=20).fetch(clock.now()))
    client = serve(create_app(settings.model_copy(update={"general_model": True}), clock=clock))
    eventually(lambda: client.get("/api/v1/predict/stations").status_code == 200)
    run = client.get("/api/v1/predict/stations").json()
    assert run["model"] == GENERAL
    assert len(run["stations"]) == 20
    assert all(0 <= horizon["p_bike"] <= 1 for one in run["stations"] for horizon in one["horizons"])
    assert client.get(f"/ai/models/{GENERAL}/card", headers=ADMIN).text.startswith("# general")
    assert "left_out" in client.get(f"/ai/models/{GENERAL}/scores", headers=ADMIN).json()["backtest"]
    assert client.get("/gbfs/3.0/station_forecast.json").json()["data"]["model"] == GENERAL
    assert client.get("/gbfs/3.0/forecast_scores.json").json()["data"]["model"] == GENERAL
