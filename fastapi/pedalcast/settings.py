"""Every setting of the service, in one class, read from the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from collector.errors import ConfigError
from collector.storage.redis_client import check_redis_address
from pedalcast.export_settings import ExportSettings
from pedalcast.model_settings import ModelProvider, ModelSettings
from pedalcast.people_settings import PeopleSettings
from pedalcast.settings_aliases import AliasSource

FeedName = Literal["simulated", "replay", "seoul", "gbfs"]

MIN_SECRET_LENGTH = 16
MIN_SECRET_CHARACTERS = 6  # different ones
MIN_KEY_LENGTH = 32
DEFAULT_SECRETS = frozenset({"", "admin", "change-me", "changeme", "dev", "password", "pedalcast", "secret", "token"})


class SettingsError(ValueError):
    """The environment does not make a service; the message is one line a problem and names no secret."""


class Settings(PeopleSettings, ExportSettings, ModelSettings):
    """The service's settings. Names are those of environment variables, in any case; durations are ISO 8601 (PT15M).

    In production nothing is guessed: a missing or default secret, or a missing store, refuses to start.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
        frozen=True,
    )

    environment: Literal["development", "production"] = Field(
        "development", description="`production` refuses to start on missing or default secrets and logs JSON"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    processes: int = Field(
        1, ge=1, le=64, description="processes that `serve` answers with, over one port; one of them forecasts"
    )
    data_dir: Path = Field(Path(".data"), description="where the embedded parts keep their data")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe line to log")
    sentry_dsn: SecretStr | None = Field(
        None, description="Sentry's address; errors are reported there, as types and lines of code without any data"
    )
    admin_token: SecretStr | None = Field(
        None, description="bearer token of the /ai endpoints; made and printed once by the embedded run"
    )

    # Page
    page_dir: Path | None = Field(
        None, description="folder of the built page; without it frontend/dist of the checkout, where there is one"
    )
    page_origins: str = Field(
        "", description="further origins, by commas, that the page may load from; without it no other host's"
    )
    page_map: str = Field(
        "",
        description="tiles under the stations: an address with {z}, {x} and {y}, or of a PMTiles archive (pictures, or "
        "vectors by Protomaps' schema); without it the outlines that the page brings along",
    )
    page_map_attribution: str = Field("", description="whom the map names as the tiles' source")

    # Stores
    redis_url: SecretStr | None = Field(
        None,
        description="`redis://`, `rediss://` or `unix://` address, or `redis+sentinel://host:port,host:port/name/0`; "
        "without it `run` starts a Redis of its own",
    )
    s3_bucket: str | None = Field(None, description="bucket of history and models; without it a folder in DATA_DIR")
    s3_prefix: str = Field("", description="folder inside the bucket")
    s3_endpoint_url: str | None = Field(None, description="address of an S3 server other than AWS")

    # Feed, for the in-process poll of `run`
    feed: FeedName | None = Field(
        None, description="`simulated`, `replay`, `seoul` or `gbfs`; without it, whichever key or address below is set"
    )
    seoul_api_key: SecretStr | None = Field(None, description="key of Seoul's open data portal")
    seoul_base_url: str = Field("http://openapi.seoul.go.kr:8088", description="address of Seoul's open data API")
    gbfs_url: SecretStr | None = Field(None, description="a GBFS system's discovery address (gbfs.json)")
    gbfs_headers: SecretStr | None = Field(None, description="JSON object of headers that the GBFS system asks for")
    gbfs_header_hosts: str = Field(
        "", description="further hosts that get these headers, with commas between; the discovery's own always does"
    )
    gbfs_allow_private: bool = Field(
        default=False, description="let a GBFS discovery on a public address name private and link-local ones"
    )

    # Stations and events
    stale_after: timedelta = Field(timedelta(minutes=15), description="age at which a station's counts count as stale")
    recent_hours: int = Field(26, ge=1, le=72, description="hours of polls kept in the process for station histories")
    events_queue: int = Field(32, ge=1, description="events a slow listener may lag behind before it is dropped")

    # GBFS, as served
    gbfs_contact_email: str = Field(
        "gbfs@example.com", description="whom readers of the GBFS feed write to; GBFS 3 requires an address"
    )
    gbfs_opening_hours: str = Field("24/7", description="when bikes can be rented, in OpenStreetMap's syntax")
    gbfs_draft: bool = Field(default=False, description="serve GBFS 3.1, a release candidate, too")

    # Forecasts
    forecast_lease: timedelta = Field(
        timedelta(seconds=15),
        gt=timedelta(0),
        description="how long the forecasting replica may be silent before another takes over",
    )
    forecast_archive: timedelta = Field(
        timedelta(days=30), ge=timedelta(0), description="how long published forecasts are kept; PT0S: not at all"
    )
    general_model: bool = Field(
        default=True, description="forecast with the general model until the city has one of its own; off: persistence"
    )
    champion_check: timedelta = Field(
        timedelta(seconds=30), description="how often a replica looks whether another model has become champion"
    )

    # Models
    retrain_every: timedelta = Field(
        timedelta(days=1), ge=timedelta(0), description="how often a new model is trained; PT0S: only when asked to"
    )
    first_model_after: timedelta = Field(
        timedelta(days=2), description="history there must be for the first model to be trained by itself"
    )
    retrain_days: int = Field(120, ge=1, description="days of history to train on at most, unless asked otherwise")
    retrain_engine: Literal["xgboost", "lightgbm", "auto"] = Field(
        "xgboost",
        description="what grows the trees; `auto` tries both on the same days and takes the better one, LightGBM only "
        "where its forecasts take at most a tenth longer",
    )
    retrain_cluster: str | None = Field(
        None,
        pattern=r"^(local:[1-9][0-9]?|(tcp|tls|ws|wss)://.+)$",
        description="Dask's scheduler (tcp://host:port) whose workers read the history for training, or `local:2` for "
        "two processes here (requirements/cluster.txt); without it the job reads it by itself",
    )
    retrain_threads: int = Field(1, ge=1, description="threads that training may use; forecasts go first")
    job_lease: timedelta = Field(
        timedelta(seconds=30), gt=timedelta(0), description="silence after which a job counts as interrupted"
    )
    guard_every: timedelta = Field(
        timedelta(minutes=15), ge=timedelta(0), description="how often the champion is judged; PT0S: never"
    )
    guard_window: timedelta = Field(
        timedelta(hours=24), description="how long the champion must have lost to persistence to be rolled back"
    )
    guard_min_forecasts: int = Field(
        5000, ge=1, description="forecasts that must have come true before the champion is judged"
    )

    # Chat
    chat: bool = Field(default=True, description="answer questions; off, the service starts without what that needs")
    help_dir: Path | None = Field(
        None, description="folder of the operator's own help articles, in place of the built-in"
    )
    llm_provider: ModelProvider | None = Field(
        None, description="who writes the chat's answers (requirements/llm.txt); without it they are quoted"
    )
    llm_model: str | None = Field(None, description="the language model's name")
    llm_api_key: SecretStr | None = Field(None, description="the language model's key")
    llm_base_url: str | None = Field(None, description="the language model's address; for `openai-like` it ends in /v1")
    llm_region: str | None = Field(None, description="AWS region, for `bedrock`")
    llm_fallback: bool = Field(default=True, description="quote the sources when the language model does not answer")
    llm_max_tokens: int = Field(700, ge=16, description="longest answer of the language model, in tokens")
    llm_temperature: float = Field(
        0.1, ge=0, le=2, description="how freely the language model words its answers; 0.7 with 2000 tokens is livelier"
    )
    llm_history_tokens: int = Field(
        1000, ge=0, description="how much of the last ten messages the language model is shown, in tokens"
    )
    llm_queries: int = Field(
        3, ge=0, le=5, description="search queries that the language model words for a question; 0: by rule"
    )
    llm_budget_user: int = Field(
        0,
        ge=0,
        description="the language model's tokens a day for a person or address; then quotes answer; 0: no limit",
    )
    llm_budget_bot: int = Field(0, ge=0, description="its tokens a day for one bot; 0: no limit")
    llm_budget_total: int = Field(0, ge=0, description="its tokens a day for everybody together; 0: no limit")
    llm_context_window: int = Field(16_384, ge=1024, description="what the language model can read, in tokens")
    llm_first_token: timedelta = Field(
        timedelta(seconds=15), description="longest wait for the language model's first word"
    )
    llm_between_tokens: timedelta = Field(timedelta(seconds=10), description="longest wait for its next words")
    llm_whole: timedelta = Field(timedelta(seconds=60), description="longest time for its whole answer")
    answer_cache: timedelta = Field(
        timedelta(hours=1),
        ge=timedelta(0),
        description="how long an answer from documents is given again for the same question; PT0S: never",
    )
    chat_route_limit: timedelta = Field(
        timedelta(seconds=4), description="longest time for routing by the language model"
    )
    chat_rewrite_limit: timedelta = Field(timedelta(seconds=4), description="longest time for rewriting a follow-up")
    chat_documents_limit: timedelta = Field(
        timedelta(seconds=5), description="longest time for searching the documents"
    )
    chat_live_limit: timedelta = Field(timedelta(seconds=2), description="longest time for looking at the stations")
    chat_workflow_limit: timedelta = Field(
        timedelta(minutes=1), gt=timedelta(0), description="longest time for a bot's own workflow as a whole"
    )
    chat_workflow_nodes: int = Field(
        40, ge=3, le=200, description="nodes that a bot's own workflow may have when it is saved"
    )

    # Documents
    document_worker: bool = Field(
        default=True, description="take uploaded documents in here too; off where `python -m pedalcast worker` runs"
    )
    document_max_mb: int = Field(50, ge=1, le=1024, description="megabytes that an uploaded document may have")
    document_timeout: timedelta = Field(
        timedelta(minutes=10), gt=timedelta(0), description="longest time for reading one document's file"
    )
    document_addresses: bool = Field(
        default=False, description="let members name addresses of documents on public hosts, which are fetched"
    )
    embeddings_ko: Literal["e5", "openai-like", "bedrock", "gemini", "ollama", "huggingface"] = Field(
        "e5", description="embedding model of Korean documents; changing it makes their vectors anew"
    )
    embeddings_en: Literal["minilm", "openai-like", "bedrock", "gemini", "ollama", "huggingface"] = Field(
        "minilm", description="embedding model of English documents; changing it makes their vectors anew"
    )
    embeddings_model: str | None = Field(None, description="the hosted embedding model's name")
    embeddings_base_url: str | None = Field(
        None, description="its address, for `openai-like` (ends in /v1) and `ollama`"
    )
    embeddings_api_key: SecretStr | None = Field(None, description="its key, for `openai-like` and `gemini`")
    embeddings_region: str | None = Field(None, description="AWS region, for `bedrock`")
    embeddings_path: Path | None = Field(
        None, description="folder of a Hugging Face model such as BGE-M3, for `huggingface`"
    )
    cross_encoder: Path | None = Field(
        None,
        description="folder of a Hugging Face reranker that orders the passages found (requirements/huggingface.txt)",
    )
    vector_store: Literal["qdrant", "pgvector"] = Field(
        "qdrant", description="where vectors lie: `qdrant`, or `pgvector` in the PostgreSQL database"
    )
    qdrant_url: str | None = Field(None, description="a Qdrant server's address; without it vectors lie in DATA_DIR")
    qdrant_api_key: SecretStr | None = Field(None, description="the Qdrant server's key")
    search_memory_mb: int = Field(
        256, ge=1, description="megabytes that the lexical indexes of all bots may take; those asked longest ago leave"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The usual sources in their order, then the names that other services use."""
        aliases = AliasSource(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, file_secret_settings, aliases

    @field_validator("redis_url")
    @classmethod
    def _an_address(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            check_redis_address(value.get_secret_value() if value else "redis://")
        except ConfigError as error:
            raise ValueError(str(error).removeprefix("REDIS_URL: ")) from None
        return value

    @field_validator("page_map")
    @classmethod
    def _tiles(cls, value: str) -> str:
        path = value.partition("?")[0]
        if value and not path.endswith(".pmtiles") and not all(part in path for part in ("{z}", "{x}", "{y}")):
            raise ValueError("the address has no {z}, {x} and {y}, and is not of a .pmtiles archive")
        return value

    @field_validator("help_dir", "page_dir")
    @classmethod
    def _a_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"there is no folder {value}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.llm_provider is not None and self.llm_model is None:
            raise ValueError("LLM_MODEL must be set with LLM_PROVIDER")
        if self.llm_provider is None and self.llm_chain:
            raise ValueError("LLM_PROVIDER must be set with LLM_CHAIN")
        if self.llm_provider is None and (self.reasoning_provider or self.reasoning_model):
            raise ValueError("LLM_PROVIDER must be set with REASONING_PROVIDER and REASONING_MODEL")
        if self.reasoning_provider not in {None, self.llm_provider} and self.reasoning_model is None:
            raise ValueError("REASONING_MODEL must be set with a REASONING_PROVIDER other than LLM_PROVIDER")
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment == "production":
            missing = [name for name in ("redis_url", "s3_bucket") if getattr(self, name) is None]
            problems = [f"{name.upper()} must be set in production" for name in missing]
            if not _is_strong(self.admin_token):
                problems.append(f"ADMIN_TOKEN must be set in production: {MIN_SECRET_LENGTH} characters, not a default")
            if not _is_strong(self.jwt_secret_key, MIN_KEY_LENGTH):
                problems.append(f"JWT_SECRET_KEY must be set in production: {MIN_KEY_LENGTH} characters, not a default")
            if problems:
                raise ValueError("; ".join(problems))
        return self

    @property
    def feed_name(self) -> FeedName:
        """The feed to poll: the one named, else what a key or an address points to, else the simulated city."""
        if self.feed is not None:
            return self.feed
        if self.seoul_api_key is not None:
            return "seoul"
        return "gbfs" if self.gbfs_url is not None else "simulated"

    @property
    def objects_url(self) -> str:
        """Where history and models lie: `s3://bucket/prefix`, or a folder in DATA_DIR."""
        if self.s3_bucket is None:
            return str(self.data_dir / "objects")
        return f"s3://{self.s3_bucket}/{self.s3_prefix}".rstrip("/")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be logged."""
        values = (getattr(self, name) for name in type(self).model_fields)
        keys = (model.api_key for model in self.llm_chain)
        return tuple(value.get_secret_value() for value in (*values, *keys) if isinstance(value, SecretStr))


def _is_strong(secret: SecretStr | None, length: int = MIN_SECRET_LENGTH) -> bool:
    value = "" if secret is None else secret.get_secret_value()
    return (
        len(value) >= length
        and len(set(value)) >= MIN_SECRET_CHARACTERS
        and not _is_repeated(value)
        and value.lower() not in DEFAULT_SECRETS
    )


def _is_repeated(value: str) -> bool:
    """Whether it is one shorter text again and again: `abcabcabc…`."""
    return value in (value + value)[1:-1]


def load_settings(**overrides: object) -> Settings:
    """Read the environment, `overrides` (None means not given) going first. Raises `SettingsError`."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_line(problem["loc"], problem["msg"]) for problem in error.errors())) from None
    except ConfigError as error:
        raise SettingsError(str(error)) from None


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in location).upper()
    text = message.removeprefix("Value error, ")
    return f"{name}: {text}" if name else text


def as_markdown() -> str:
    """The table of settings for the README, made from the class so that it cannot drift from it."""
    rows = [
        f"| `{name.upper()}` | {f'`{default}`' if (default := _default(name)) else ''} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows])


def as_env() -> str:
    """The file `.env.example`: every setting with its default, commented out."""
    entries = [
        f"# {field.description}\n#{name.upper()}={_default(name)}\n" for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["# Copy to .env and take the # away from what you set.\n", *entries])


def _default(name: str) -> str:
    default = Settings.model_fields[name].default
    if default is None or default in {"", ()}:
        return ""
    return iso(default) if isinstance(default, timedelta) else str(default)


def iso(value: timedelta) -> str:
    """A duration of whole seconds as ISO 8601 in its largest units: P1D, PT15M, PT30S."""
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    days = f"{value.days}D" if value.days else ""
    return "P" + days + (f"T{time}" if time else "" if days else "T0S")
