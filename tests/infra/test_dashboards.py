"""The dashboards as files. Whether their queries are answered, `tests/operations` finds out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools.dashboard_panels import DASHBOARDS, Dashboard
from tools.dashboards import FOLDER, as_json

from tests.infra.test_prometheus_rules import ALERTS, RECORDS

GRAFANA = FOLDER.parent
RECORDED = re.compile(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+")


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=[dashboard.uid for dashboard in DASHBOARDS])
class TestDashboard:
    def test_file_is_current(self, dashboard: Dashboard) -> None:
        path = FOLDER / f"{dashboard.uid}.json"
        assert path.read_text(encoding="utf-8") == as_json(dashboard), "python -m tools.dashboards"

    def test_panels_have_places_of_their_own(self, dashboard: Dashboard) -> None:
        panels: list[dict[str, Any]] = json.loads(as_json(dashboard))["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
        assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)

    def test_asks_for_what_is_recorded(self, dashboard: Dashboard) -> None:
        asked = {name for panel in dashboard.panels for query, _ in panel.queries for name in RECORDED.findall(query)}
        assert asked <= set(RECORDS)


def test_there_is_no_file_without_panels() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {dashboard.uid for dashboard in DASHBOARDS}


def test_everything_recorded_is_asked_for() -> None:
    texts = [panel_query for dashboard in DASHBOARDS for panel in dashboard.panels for panel_query, _ in panel.queries]
    texts += [alert["expr"] for alert in ALERTS.values()]
    used = {name for text in texts for name in RECORDED.findall(text)}
    assert set(RECORDS) - used == {"job:pedalcast_requests:rate5m"}  # what shares are made of


def test_provisioning_names_the_data_source_and_the_folder_that_compose_mounts() -> None:
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    assert {source["uid"] for source in sources["datasources"]} == {"prometheus"}
    providers = yaml.safe_load((GRAFANA / "provisioning/dashboards/pedalcast.yml").read_text(encoding="utf-8"))
    compose = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text(encoding="utf-8"))
    mounts = [volume.split(":")[1] for volume in compose["services"]["grafana"]["volumes"]]
    assert providers["providers"][0]["options"]["path"] in mounts
