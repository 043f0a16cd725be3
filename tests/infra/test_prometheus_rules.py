"""The rules for Prometheus: named as its documentation asks, each alert tested and described in the runbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "infra" / "prometheus"
RUNBOOK = "docs/operate.md"


def _read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((PROMETHEUS / folder).glob("*.yml"))]


RULES = [rule for file in _read("rules") for group in file["groups"] for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDS = [rule["record"] for rule in RULES if "record" in rule]


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ (.+)$", markdown)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class TestRunbook:
    @pytest.mark.parametrize("name", ALERTS)
    def test_every_alert_links_to_a_heading_that_exists(self, name: str) -> None:
        page, _, anchor = ALERTS[name]["annotations"]["runbook_url"].partition("#")
        assert (page, anchor) == (RUNBOOK, name.lower())
        assert anchor in anchors((ROOT / page).read_text(encoding="utf-8"))

    def test_describes_no_alert_that_is_none(self) -> None:
        alerts = (ROOT / RUNBOOK).read_text(encoding="utf-8").split("## Alerts")[1]
        assert set(re.findall(r"(?m)^### (\w+)$", alerts)) == set(ALERTS)

    def test_its_links_lead_somewhere(self) -> None:
        text = (ROOT / RUNBOOK).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!http)([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            page = (ROOT / "docs" / path) if path else ROOT / RUNBOOK
            assert page.exists(), target
            assert not anchor or anchor in anchors(page.read_text(encoding="utf-8")), target


class TestRules:
    @pytest.mark.parametrize("name", ALERTS)
    def test_alert_says_whom_it_wakes_and_is_tested_both_ways(self, name: str) -> None:
        assert ALERTS[name]["labels"]["severity"] in ("page", "ticket")
        assert ALERTS[name]["annotations"]["summary"].endswith(".")
        tests = [test for file in _read("tests") for part in file["tests"] for test in part["alert_rule_test"]]
        outcomes = [bool(test["exp_alerts"]) for test in tests if test["alertname"] == name]
        assert set(outcomes) == {True, False}

    @pytest.mark.parametrize("name", RECORDS)
    def test_record_is_named_level_metric_operation(self, name: str) -> None:
        assert re.fullmatch(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", name)

    def test_what_alerts_use_is_recorded(self) -> None:
        used = {
            name for alert in ALERTS.values() for name in re.findall(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", alert["expr"])
        }
        assert used
        assert used <= set(RECORDS)
