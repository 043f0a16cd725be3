"""The compose file: what a YAML reader can hold it to without an engine. Its schema is checked by `make check`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pedalcast.settings import Settings, load_settings
from pedalcast.settings_aliases import ALIASES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"s3-bucket"}  # ends when it has done its work
QUIET = {"collector"}  # serves nothing; an alert says when polls stop


@pytest.mark.parametrize("name", SERVICES)
class TestService:
    def test_image_is_a_release(self, name: str) -> None:
        tag = SERVICES[name]["image"].rpartition(":")[2]
        assert tag
        assert "latest" not in tag
        if "build" in SERVICES[name]:  # so that `pull` finds what `build` would make
            assert SERVICES[name]["image"].startswith("${REGISTRY:-pedalcast}/")

    def test_waits_only_for_services_that_exist_and_can_say_they_are_ready(self, name: str) -> None:
        for other, how in SERVICES[name].get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy" and "build" not in SERVICES[other]:
                assert "test" in SERVICES[other]["healthcheck"]
            assert how.get("required", True) or other in ("mysql", "postgres")

    def test_says_whether_it_is_healthy(self, name: str) -> None:
        has_check = "test" in SERVICES[name].get("healthcheck", {}) or "build" in SERVICES[name]
        assert has_check or name in ONCE | QUIET

    def test_starts_again_and_takes_no_more_than_its_memory(self, name: str) -> None:
        assert SERVICES[name].get("restart") == (None if name in ONCE else "unless-stopped")
        assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])

    def test_named_volumes_are_declared_and_mounted_paths_exist(self, name: str) -> None:
        for volume in SERVICES[name].get("volumes", []):
            source = volume.split(":")[0]
            assert source == "/" or (ROOT / source).exists() if source[0] in "./" else source in COMPOSE["volumes"]

    def test_ports_are_published_on_loopback_alone(self, name: str) -> None:
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if "build" in service])
class TestOwnImages:
    def test_run_read_only_without_rights(self, name: str) -> None:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["platform"] == "linux/amd64"

    def test_are_built_where_compose_looks_as_another_user(self, name: str) -> None:
        dockerfile = (ROOT / SERVICES[name]["build"]["dockerfile"]).read_text(encoding="utf-8")
        last_user = re.findall(r"(?m)^USER (\S+)$", dockerfile)[-1]
        assert last_user not in ("0", "root")
        assert "HEALTHCHECK" in dockerfile

    def test_dockerfile_copies_only_what_reaches_the_builder(self, name: str) -> None:
        dockerfile = (ROOT / SERVICES[name]["build"]["dockerfile"]).read_text(encoding="utf-8")
        ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        let_in = tuple(line[1:].split("*")[0] for line in ignore if line.startswith("!"))
        copies = re.findall(r"(?m)^COPY (?!--from)(.+)$", dockerfile)
        sources = [source for copy in copies for source in copy.split()[:-1]]
        assert sources
        for source in sources:
            assert (ROOT / source).exists()
            assert source.startswith(let_in)


class TestSecrets:
    def test_have_no_default(self) -> None:
        for name in ("ADMIN_TOKEN", "JWT_SECRET_KEY", "REDIS_PASSWORD", "DATABASE_PASSWORD", "S3_SECRET",
                     "GRAFANA_PASSWORD"):  # fmt: skip
            assert f"${{{name}:?" in TEXT
            assert not re.search(rf"\$\{{{name}(:?-|\}})", TEXT)

    def test_are_all_made_by_the_runbook(self) -> None:
        runbook = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
        made = re.findall(r"for name in ([A-Z0-9_ ]+); do", runbook)[0].split()
        assert set(made) == set(re.findall(r"\$\{([A-Z0-9_]+):\?", TEXT))

    def test_no_feed_is_named_so_that_a_key_decides(self) -> None:
        assert "FEED:" not in TEXT


class TestSettings:
    def test_what_the_service_is_given_starts_in_production(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        names = {name.upper() for name in Settings.model_fields} | {name for alias in ALIASES for name in alias.names}
        for name in names:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(tmp_path)
        for name, value in SERVICES["api"]["environment"].items():
            monkeypatch.setenv(name, _filled(value))
        settings = load_settings()
        assert settings.environment == "production"
        assert settings.redis_url is not None
        assert settings.redis_url.get_secret_value().endswith("@redis:6379/0")

    def test_every_name_is_one_that_somebody_reads(self) -> None:
        read = {name.upper() for name in Settings.model_fields} | {name for alias in ALIASES for name in alias.names}
        for service in ("api", "collector"):
            others = set(SERVICES[service]["environment"]) - read
            assert {name for name in others if not name.startswith("AWS_")} == set()


def _filled(value: str) -> str:
    """What compose makes of a value: defaults, and for a secret something long, from the innermost outwards."""
    secret = "b6f0c2b0a8f14d0fa5a75c1e9b7a3f2d"
    while match := re.search(r"\$\{([A-Z0-9_]+)(:-|:\?)([^${}]*)\}", value):
        value = value.replace(match[0], match[3] if match[2] == ":-" else secret)
    return value
