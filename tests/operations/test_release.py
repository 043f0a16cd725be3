"""`tools/release` by the real AWS command line against moto's servers: forward, and back to what ran before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from tests.operations.surroundings import ROOT, clean_environment, program

REGION, BUCKET, ACCOUNT = "ap-northeast-2", "artifacts", "123456789012"
SERVICES = ("worker", "api", "frontend")
SHA = "3f1c2d4e5a6b7c8d9e0f3f1c2d4e5a6b7c8d9e0f"
OLD_CODE = "collector/old.zip"
ROLE = {"Version": "2012-10-17", "Statement": []}


@dataclass
class Cloud:
    """An account in which an earlier version runs, and the folder that a release is made from."""

    endpoint: str
    checkout: Path
    before: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of the account."""
        return boto3.client(  # type: ignore[call-overload]
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test",
            aws_secret_access_key="test",
        )  # fmt: skip

    def runs(self) -> dict[str, str]:
        """The task definition of each service."""
        names = [f"pedalcast-{name}" for name in SERVICES]
        described = self.client("ecs").describe_services(cluster="pedalcast", services=names)["services"]
        return {service["serviceName"].removeprefix("pedalcast-"): service["taskDefinition"] for service in described}

    def image(self, definition: str) -> str:
        """The image of a task definition."""
        described = self.client("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
        return str(described["containerDefinitions"][0]["image"])

    def collector(self) -> tuple[str, str]:
        """The hash of the collector's code, and its tag that names the object."""
        function = self.client("lambda").get_function(FunctionName="pedalcast-collector")
        return function["Configuration"]["CodeSha256"], function["Tags"]["pedalcast:code"]

    def release(self, public_url: str) -> subprocess.CompletedProcess[str]:
        """Run the script as the workflow does."""
        path = f"{self.checkout.parent}:{os.environ['PATH']}"
        account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
        release = {"ARTIFACT_BUCKET": BUCKET, "GITHUB_SHA": SHA, "PUBLIC_URL": public_url, "PYTHON": sys.executable}
        environment = clean_environment(
            PATH=path,
            AWS_REGION=REGION,
            AWS_DEFAULT_REGION=REGION,
            AWS_PAGER="",
            SMOKE_PATIENCE="1",
            **account,
            **release,
        )
        return subprocess.run(
            [str(self.checkout / "tools/release")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=800,
            check=False,
        )


@pytest.fixture
def cloud(s3_endpoint: str, tmp_path: Path) -> Iterator[Cloud]:
    command = tmp_path / "aws"
    command.write_text(f'#!/bin/sh\nexec {program("aws")} --endpoint-url {s3_endpoint} "$@"\n')  # any version takes it
    command.chmod(0o755)
    httpx.post(f"{s3_endpoint}/moto-api/reset").raise_for_status()
    httpx.post(f"{s3_endpoint}/moto-api/config", json={"lambda": {"use_docker": False}}).raise_for_status()
    cloud = Cloud(s3_endpoint, _checkout(tmp_path / "checkout"))
    _start_services(cloud)
    _start_collector(cloud, tmp_path)
    cloud.before = cloud.runs()
    yield cloud
    httpx.post(f"{s3_endpoint}/moto-api/reset").raise_for_status()


def _checkout(folder: Path) -> Path:
    """What the script reads of the repository, and a collector as `make lambda-zip` leaves it."""
    for name in ("tools", "infra/prometheus", "infra/grafana"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "infra/ecs").mkdir()
    for name in ("prometheus.yml", "datasource.yml"):
        shutil.copy(ROOT / "infra/ecs" / name, folder / "infra/ecs" / name)
    (folder / "build").mkdir()
    _zip(folder / "build/collector.zip", "new")
    return folder


def _zip(path: Path, version: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("version.txt", version)


def _start_services(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")
    ecs.create_cluster(clusterName="pedalcast")
    for name in SERVICES:
        image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/pedalcast-{'frontend' if name == 'frontend' else 'api'}:old"
        family, container = f"pedalcast-{name}", {"name": name, "image": image, "memory": 512}
        ecs.register_task_definition(family=family, containerDefinitions=[container])
        ecs.create_service(cluster="pedalcast", serviceName=family, taskDefinition=family, desiredCount=0)


def _start_collector(cloud: Cloud, folder: Path) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    _zip(folder / "old.zip", "old")
    s3.upload_file(str(folder / "old.zip"), BUCKET, OLD_CODE)
    role = cloud.client("iam").create_role(RoleName="collector", AssumeRolePolicyDocument=json.dumps(ROLE))
    cloud.client("lambda").create_function(
        FunctionName="pedalcast-collector", Runtime="python3.12", Role=role["Role"]["Arn"], Handler="a.b",
        Code={"S3Bucket": BUCKET, "S3Key": OLD_CODE}, Tags={"pedalcast:code": OLD_CODE},
    )  # fmt: skip


ANSWERS: dict[str, Any] = {
    "/ready": {"ready": True, "checks": {}},
    "/api/v1/predict/stations": {"stations": [{"station_id": "ST-1", "model": "2026-11"}]},
    "/api/v1/chat": {"success": True, "answer": "Yes [1]", "sources": [{"n": 1}]},
}


@pytest.fixture
def deployed() -> Iterator[tuple[str, set[str]]]:
    """The address of what answers after a release, and the paths it fails at."""
    failing: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(503 if self.path in failing else 200)
            self.end_headers()
            self.wfile.write(json.dumps(ANSWERS[self.path]).encode())

        do_POST = do_GET  # noqa: N815 (the library's)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", failing
        server.shutdown()
        thread.join()


def test_a_release_rolls_every_part_forward(cloud: Cloud, deployed: tuple[str, set[str]]) -> None:
    old_hash, _ = cloud.collector()
    ended = cloud.release(deployed[0])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    images = {name: cloud.image(definition) for name, definition in cloud.runs().items()}
    assert images == {
        name: f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/pedalcast-{'frontend' if name == 'frontend' else 'api'}:{SHA}"
        for name in SERVICES
    }
    new_hash, tag = cloud.collector()
    assert (new_hash != old_hash, tag) == (True, f"collector/{SHA}.zip")
    kept = {item["Key"] for item in cloud.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="config/")["Contents"]}
    assert {"config/prometheus/ecs.yml", "config/grafana/provisioning/datasources/prometheus.yml"} <= kept
    assert not any(name.startswith("config/prometheus/tests/") for name in kept)


def test_one_whose_chat_does_not_work_goes_back(cloud: Cloud, deployed: tuple[str, set[str]]) -> None:
    url, failing = deployed
    failing.add("/api/v1/chat")
    collector = cloud.collector()
    ended = cloud.release(url)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "the release failed: going back" in ended.stdout
    assert cloud.runs() == cloud.before
    assert cloud.collector() == collector


def test_one_that_stops_halfway_goes_back(cloud: Cloud, deployed: tuple[str, set[str]]) -> None:
    """The last service is not there: what was rolled before it goes back, and the collector is not touched."""
    cloud.client("ecs").delete_service(cluster="pedalcast", service="pedalcast-frontend", force=True)
    before, collector = cloud.runs(), cloud.collector()
    ended = cloud.release(deployed[0])
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert {name: cloud.runs()[name] for name in ("worker", "api")} == {
        name: before[name] for name in ("worker", "api")
    }
    assert cloud.collector() == collector
