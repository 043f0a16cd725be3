"""One retraining as a run of MLflow, and what it kept as a version of a registered model."""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from forecaster.registry.bundle import Manifest, write_folder
from pedalcast.settings import Settings, SettingsError

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from pedalcast.models.jobs.training_task import TrainingOutcome

FILES = "model"  # folder of the run that the version's files lie in
LONGEST_VALUE = 500  # characters of a parameter that every server takes
# The client tells its makers of its use unless it is told not to; a server that is away must not hold a job up.
CLIENT_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
}


@dataclass(frozen=True, slots=True)
class MlflowTracking:
    """Writes to the tracking server at `uri`; runs and versions bear the name of the `experiment`.

    The object store stays the registry that serves: nothing is ever read back from MLflow.
    """

    uri: str
    experiment: str

    @classmethod
    def of(cls, settings: Settings) -> MlflowTracking | None:
        """As the settings have it, None where they name no server. Raises `SettingsError` without the client."""
        if settings.mlflow_tracking_uri is None:
            return None
        if find_spec("mlflow") is None:
            raise SettingsError("MLFLOW_TRACKING_URI needs MLflow's client: install requirements/mlflow.txt")
        return cls(settings.mlflow_tracking_uri, settings.mlflow_experiment)

    def record(self, job: str, outcome: TrainingOutcome) -> str:
        """Write the run, with its files and a model version unless it was a dry run; the run's id.

        Raises whatever the client does (`MlflowException`, `OSError`).
        """
        client = self._client()
        run = client.create_run(self._experiment(client), tags=_tags(job, outcome), run_name=outcome.bundle.manifest.id)
        run_id = str(run.info.run_id)
        self._log(client, run_id, outcome)
        if outcome.registered:
            with tempfile.TemporaryDirectory(prefix="mlflow-") as folder:
                client.log_artifacts(run_id, str(write_folder(outcome.bundle, Path(folder))), FILES)
            self._register(client, run_id, f"{run.info.artifact_uri}/{FILES}", outcome)
        client.set_terminated(run_id, "FINISHED")
        return run_id

    def _client(self) -> MlflowClient:
        for name, value in CLIENT_ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient  # noqa: PLC0415 (optional, and it reads the environment when it is imported)

        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def _experiment(self, client: MlflowClient) -> str:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 (optional)

        known = client.get_experiment_by_name(self.experiment)
        if known is None:
            try:
                return str(client.create_experiment(self.experiment))
            except MlflowException:  # another city's job was faster
                known = client.get_experiment_by_name(self.experiment)
                if known is None:
                    raise
        return str(known.experiment_id)

    def _log(self, client: MlflowClient, run_id: str, outcome: TrainingOutcome) -> None:
        from mlflow.entities import Metric, Param  # noqa: PLC0415 (optional)

        now_ms = time.time_ns() // 1_000_000
        metrics = [Metric(name, value, now_ms, 0) for name, value in _metrics(outcome)]
        parameters = [Param(name, value[:LONGEST_VALUE]) for name, value in _parameters(outcome).items()]
        client.log_batch(run_id, metrics=metrics, params=parameters)

    def _register(self, client: MlflowClient, run_id: str, source: str, outcome: TrainingOutcome) -> None:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 (optional)

        try:
            client.create_registered_model(self.experiment)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        manifest = outcome.bundle.manifest
        tags = {"version": manifest.id, "promoted": str(outcome.promoted).lower()}
        client.create_model_version(self.experiment, source, run_id, tags=tags, description=outcome.bundle.card)


def _tags(job: str, outcome: TrainingOutcome) -> dict[str, str]:
    manifest, verdict = outcome.bundle.manifest, outcome.verdict
    tags = {
        "job": job,
        "dry_run": str(not outcome.registered).lower(),
        "promoted": str(outcome.promoted).lower(),
        "reason": verdict.reason,
        "champion": outcome.champion or "",
        "mlflow.source.name": "pedalcast",
    }
    return tags | ({"mlflow.source.git.commit": manifest.git_commit} if manifest.git_commit else {})


def _parameters(outcome: TrainingOutcome) -> dict[str, str]:
    manifest = outcome.bundle.manifest
    parameters = {
        "engine": manifest.engine,
        "horizons": ",".join(map(str, manifest.horizons)),
        "feature_hash": manifest.feature_hash,
        "candidate": str(outcome.verdict.chosen or ""),
    }
    return parameters | _data(manifest) | {f"library.{name}": release for name, release in manifest.libraries.items()}


def _data(manifest: Manifest) -> dict[str, str]:
    data = manifest.data
    if data is None:
        return {}
    window = {"start": data.start.isoformat(), "end": data.end.isoformat()}
    return {"system": data.system, "stations": str(data.stations), "rows": str(data.rows)} | window


def _metrics(outcome: TrainingOutcome) -> Iterator[tuple[str, float]]:
    """`<score>/<method>/<minutes>`, and the gain over the champion in percent with its interval."""
    for minutes, methods in outcome.verdict.scores.items():
        for method, scores in methods.items():
            for score, value in scores.items():
                if math.isfinite(value):
                    yield f"{score}/{method}/{minutes}", float(value)
    if outcome.verdict.gain is not None:
        for name, percent in zip(("gain", "gain_low", "gain_high"), outcome.verdict.gain, strict=True):
            yield name, float(percent)
