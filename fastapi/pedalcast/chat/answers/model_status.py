"""Which models embed, decide and answer, and how they do."""

from __future__ import annotations

from pedalcast.chat.schemas import ChatProvidersOut, EmbeddingModelOut, ModelOut
from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.llm import ChatModel

QUOTES = "extractive"  # in the place of a model's name, where quotes alone answer
RULES = "rules"


def providers_of(parts: AnswerComponents) -> ChatProvidersOut:
    """The models of the chat. Quotes can always answer: alone, or where the model does not and may be stood in for."""
    model = parts.model
    quotes = ModelOut(provider=QUOTES, model=None, health="ok")
    if model is None:
        reasoning, answering = ModelOut(provider=RULES, model=None, health="ok"), [quotes]
    else:
        reasoning = _model((parts.reasoner or model).members[0])
        answering = [*map(_model, model.members), *([quotes] if parts.fall_back else [])]
    return ChatProvidersOut(embedding=_embedding(parts), reasoning=reasoning, answering=answering)


def _model(model: ChatModel) -> ModelOut:
    config = model.config
    return ModelOut(provider=config.provider, model=config.model, health=model.health, breaker=model.breaker.state)


def _embedding(parts: AnswerComponents) -> list[EmbeddingModelOut]:
    retrieval = parts.retrieval
    faults = retrieval.embedding_faults
    return [
        EmbeddingModelOut(
            language=lang,
            provider=provider,
            model=retrieval.index.models.dense[lang].model_name,
            health="untried" if lang not in faults else "failed" if faults[lang] else "ok",
        )
        for lang, provider in sorted(retrieval.config.embeddings.items())
    ]
