"""The compose file: what a YAML reader can hold it to without an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
class TestService:
    def test_image_is_pinned_to_a_release(self, name: str) -> None:
        image = SERVICES[name].get("image")
        assert "build" in SERVICES[name] or (":" in image and not image.endswith(":latest"))

    def test_waits_only_for_services_that_exist_and_can_say_they_are_ready(self, name: str) -> None:
        for other, how in SERVICES[name].get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"]

    def test_named_volumes_are_declared(self, name: str) -> None:
        sources = [volume.split(":")[0] for volume in SERVICES[name].get("volumes", [])]
        assert [source for source in sources if not source.startswith(".") and source not in COMPOSE["volumes"]] == []

    def test_mounted_paths_exist(self, name: str) -> None:
        sources = [volume.split(":")[0] for volume in SERVICES[name].get("volumes", [])]
        assert [source for source in sources if source.startswith(".") and not (ROOT / source).exists()] == []

    def test_ports_are_published_on_loopback_alone(self, name: str) -> None:
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_secrets_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "${ADMIN_TOKEN:?" in text
    assert "${S3_SECRET:?" in text


def test_dockerfile_is_where_compose_looks() -> None:
    builds = [service["build"]["dockerfile"] for service in SERVICES.values() if "build" in service]
    assert builds
    assert all((ROOT / build).is_file() for build in builds)
