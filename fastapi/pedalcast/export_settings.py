"""Settings of what goes to other systems."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import orjson
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class ExportSettings(BaseSettings):
    """Part of `Settings`."""

    kafka_bootstrap: str | None = Field(
        None, description="brokers, by commas, that every poll is published to (requirements/kafka.txt)"
    )
    kafka_topic: str = Field("pedalcast.stations", description="topic of the stations, keyed by station")
    kafka_options: SecretStr | None = Field(
        None, description="JSON object of further settings of librdkafka, such as security.protocol and sasl.password"
    )
    mlflow_tracking_uri: str | None = Field(
        None, description="MLflow tracking server that every retraining is written to (requirements/mlflow.txt)"
    )
    mlflow_experiment: str = Field("pedalcast", description="experiment of its runs and name of its registered model")

    @field_validator("mlflow_tracking_uri")
    @classmethod
    def _a_server(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("it must be the http:// or https:// address of a tracking server")
        if address.username or address.password:
            raise ValueError("its name and password belong in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
        return value

    @field_validator("kafka_options")
    @classmethod
    def _an_object(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            options = orjson.loads(value.get_secret_value())
        except orjson.JSONDecodeError:
            options = None
        if not isinstance(options, dict) or not all(isinstance(one, str | int | bool) for one in options.values()):
            raise ValueError("it must be a JSON object of texts and numbers")
        return value

    @property
    def kafka_client_options(self) -> dict[str, Any]:
        """The further settings of librdkafka."""
        return {} if self.kafka_options is None else dict(orjson.loads(self.kafka_options.get_secret_value()))
