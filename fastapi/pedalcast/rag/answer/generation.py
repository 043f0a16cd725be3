"""An answer by the model, checked as it streams, and shown from the first sentence that holds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from pedalcast.rag.answer.bot_rules import GUIDE_RULES, BotRules
from pedalcast.rag.answer.prompt import NO_SOURCE, messages
from pedalcast.rag.grounding.citations import Citations, Cited, Evidence, Flag
from pedalcast.rag.llm import LanguageModel
from pedalcast.rag.routing.follow_up import Turn


@dataclass(slots=True)
class Generation:
    """What came of it. `declined`: the model says that the passages do not answer. `text` is what was shown."""

    text: str = ""
    declined: bool = False
    sources: list[Cited] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def grounded(self) -> bool:
        """Whether at least one statement holds."""
        return bool(self.sources)


async def generate(
    model: LanguageModel,
    question: str,
    evidence: Sequence[Evidence],
    lang: str,
    result: Generation,
    *,
    rules: BotRules = GUIDE_RULES,
    conversation: Sequence[Turn] = (),
) -> AsyncGenerator[str, None]:
    """Stream the answer; `result` is filled on the way. Raises `ProviderError`.

    Nothing is shown until a sentence with a source that bears it out is complete, so an answer that follows a planted
    instruction from its first word on, or rests on nothing, is never seen: it ends with `result.grounded` false. Where
    there is live data every sentence must hold to be shown.
    """
    strict = any(item.kind == "station" for item in evidence)
    citations = Citations(evidence, strict=strict, sources=result.sources)
    result.flags = citations.flags
    held, raw = "", ""
    async with aclosing(model.stream(messages(question, evidence, lang, rules, conversation))) as deltas:
        async for delta in deltas:
            raw += delta
            held += citations.feed(delta)
            if citations.sources and held:
                result.text += held
                yield held
                held = ""
    held += citations.finish()
    result.declined = not citations.sources and NO_SOURCE in raw
    if citations.sources and held:
        result.text += held
        yield held
