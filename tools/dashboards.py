"""`python -m tools.dashboards`: write Grafana's dashboards from what each panel asks. A test compares the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.dashboard_panels import DASHBOARDS, Dashboard

FOLDER = Path(__file__).resolve().parents[1] / "infra" / "grafana" / "dashboards"
DATASOURCE = {"type": "prometheus", "uid": "prometheus"}
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
SCHEMA_VERSION = 39


def as_json(dashboard: Dashboard) -> str:
    """What Grafana provisions from a file."""
    document = {
        "uid": f"pedalcast-{dashboard.uid}",
        "title": dashboard.title,
        "tags": ["pedalcast"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "panels": list(_panels(dashboard)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(dashboard.panels):
        row, column = divmod(number, COLUMNS)
        yield {
            "id": number + 1,
            "type": "timeseries",
            "title": panel.title,
            "description": panel.about,
            "datasource": DATASOURCE,
            "gridPos": {"h": HEIGHT, "w": WIDTH, "x": column * WIDTH, "y": row * HEIGHT},
            "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
            "options": {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                "tooltip": {"mode": "multi", "sort": "desc"},
            },
            "targets": [
                {"refId": chr(ord("A") + index), "datasource": DATASOURCE, "expr": expression, "legendFormat": legend}
                for index, (expression, legend) in enumerate(panel.queries)
            ],
        }


def main() -> None:
    """Write every dashboard."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for dashboard in DASHBOARDS:
        (FOLDER / f"{dashboard.uid}.json").write_text(as_json(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main()
