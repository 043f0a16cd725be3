"""The service's settings as the chatbot's parts want them."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from pedalcast.chat.budget.price_table import PriceTable, PriceTableError
from pedalcast.database.address import blocking_address, dialect_of
from pedalcast.database.lifespan import database_address
from pedalcast.rag.answer.answer_types import StageLimits
from pedalcast.rag.config import RagConfig
from pedalcast.rag.embeddings.hosted import NEEDED
from pedalcast.rag.llm import LlmConfig
from pedalcast.settings import Settings, SettingsError

_SETTINGS = {"model": "EMBEDDINGS_MODEL", "url": "EMBEDDINGS_BASE_URL", "key": "EMBEDDINGS_API_KEY",
             "path": "EMBEDDINGS_PATH"}  # fmt: skip


def rag_config(settings: Settings) -> RagConfig:
    """Where and how documents are kept and searched. Raises `SettingsError` where a model lacks something."""
    models = {"ko": settings.embeddings_ko, "en": settings.embeddings_en}
    options = _embedding_options(settings)
    for lang, name in models.items():
        if missing := [_SETTINGS[option] for option in NEEDED.get(name, ()) if option not in options]:
            raise SettingsError(f"EMBEDDINGS_{lang.upper()}: {name} needs {' and '.join(missing)}")
    address = database_address(settings)
    if settings.vector_store == "pgvector" and dialect_of(address) != "postgresql":
        raise SettingsError("VECTOR_STORE: pgvector needs a PostgreSQL database (DATABASE_URL)")
    return RagConfig(
        data_dir=settings.data_dir / "rag",
        database_url=blocking_address(address).render_as_string(hide_password=False),
        vector_store=settings.vector_store,
        postings_budget=settings.search_memory_mb << 20,
        embeddings=models,
        embedding_options=options,
        qdrant_url=settings.qdrant_url,
        qdrant_api_key=_plain(settings.qdrant_api_key),
        cross_encoder=settings.cross_encoder,
    )


def _embedding_options(settings: Settings) -> dict[str, str]:
    """What is set of the hosted embedding models' options, by the names `rag.embeddings.hosted` knows them by."""
    path, key = settings.embeddings_path, _plain(settings.embeddings_api_key)
    options = {
        "model": settings.embeddings_model,
        "url": settings.embeddings_base_url,
        "key": key,
        "region": settings.embeddings_region,
        "path": None if path is None else str(path),
    }
    return {name: value for name, value in options.items() if value is not None}


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def llm_config(settings: Settings) -> LlmConfig | None:
    """The language model that is set, None without one."""
    if settings.llm_provider is None or settings.llm_model is None:
        return None
    return LlmConfig(
        provider=settings.llm_provider,
        model=settings.llm_model,
        api_key=_plain(settings.llm_api_key),
        base_url=settings.llm_base_url,
        region=settings.llm_region,
        first_token=settings.llm_first_token.total_seconds(),
        between_tokens=settings.llm_between_tokens.total_seconds(),
        whole=settings.llm_whole.total_seconds(),
        max_tokens=settings.llm_max_tokens,
        temperature=settings.llm_temperature,
        context_window=settings.llm_context_window,
        breaker_failures=settings.llm_breaker_failures,
        breaker_pause=settings.llm_breaker_pause.total_seconds(),
    )


def chain_configs(settings: Settings) -> list[LlmConfig]:
    """The models that answer, in the order in which they are asked; empty without one."""
    first = llm_config(settings)
    if first is None:
        return []
    others = [
        replace(
            first,
            provider=other.provider,
            model=other.model,
            api_key=_plain(other.api_key),
            base_url=other.base_url,
            region=other.region or first.region,
        )
        for other in settings.llm_chain
    ]
    return [first, *others]


def reasoning_config(settings: Settings) -> LlmConfig | None:
    """The model that routes and rewrites, None where the one that answers does."""
    answering = llm_config(settings)
    if answering is None or not (settings.reasoning_provider or settings.reasoning_model):
        return None
    provider = settings.reasoning_provider or answering.provider
    known = answering if provider == answering.provider else LlmConfig(provider, "", region=answering.region)
    return replace(
        answering,
        provider=provider,
        model=settings.reasoning_model or known.model,
        api_key=_plain(settings.reasoning_api_key) or known.api_key,
        base_url=settings.reasoning_base_url or known.base_url,
        region=settings.reasoning_region or known.region,
        temperature=0.0,
    )


def price_table(settings: Settings) -> PriceTable | None:
    """What language models cost, None where nothing says so. Raises `SettingsError`."""
    if settings.llm_prices is None:
        return None
    try:
        return PriceTable.read(settings.llm_prices)
    except PriceTableError as error:
        raise SettingsError(f"LLM_PRICES: {error}") from error


def limits(settings: Settings) -> StageLimits:
    """How long each stage may take."""
    return StageLimits(
        route=settings.chat_route_limit.total_seconds(),
        rewrite=settings.chat_rewrite_limit.total_seconds(),
        documents=settings.chat_documents_limit.total_seconds(),
        live=settings.chat_live_limit.total_seconds(),
        workflow=settings.chat_workflow_limit.total_seconds(),
    )
