"""Which models embed, decide and answer, and how they do."""

from __future__ import annotations

from pedalcast.chat.answers.model_choices import QUOTES, choice_names
from pedalcast.chat.schemas import ChatProvidersOut, EmbeddingModelOut, ModelChoiceOut, ModelOut
from pedalcast.rag.answer.answer_types import AnswerComponents
from pedalcast.rag.llm import ChatModel

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
    return ChatProvidersOut(
        embedding=_embedding(parts), reasoning=reasoning, answering=answering, choices=_choices(parts)
    )


def answering_names(parts: AnswerComponents) -> list[str]:
    """The names by which the models that answer are chosen, in the order in which they are asked."""
    members = () if parts.model is None else parts.model.members
    return choice_names((member.config.provider, member.config.model) for member in members)


def _choices(parts: AnswerComponents) -> list[ModelChoiceOut]:
    members = () if parts.model is None else parts.model.members
    named = zip(answering_names(parts), members, strict=True)
    models = [ModelChoiceOut(name=name, provider=member.config.provider, model=member.config.model)
              for name, member in named]  # fmt: skip
    return [*models, ModelChoiceOut(name=QUOTES, provider=QUOTES, model=None)]


def _model(model: ChatModel) -> ModelOut:
    config = model.config
    return ModelOut(provider=config.provider, model=config.model, health=model.health, breaker=model.breaker.state)


def _embedding(parts: AnswerComponents) -> list[EmbeddingModelOut]:
    retrieval = parts.retrieval
    faults = retrieval.searching.embedding_faults
    return [
        EmbeddingModelOut(
            language=lang,
            provider=provider,
            model=retrieval.index.models.dense[lang].model_name,
            health="untried" if lang not in faults else "failed" if faults[lang] else "ok",
        )
        for lang, provider in sorted(retrieval.config.embeddings.items())
    ]
