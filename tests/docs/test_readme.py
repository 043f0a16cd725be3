"""The README says what is there."""

from __future__ import annotations

import re
from pathlib import Path

from pedalcast.settings import as_markdown

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_listed_as_the_command_prints_it() -> None:
    listed = README.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert listed.strip() == as_markdown().strip()


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_decisions_are_all_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in folder.glob("0*.md") if path.name not in index] == []
