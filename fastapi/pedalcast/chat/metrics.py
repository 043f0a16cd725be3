"""What the chat counts and times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from pedalcast.chat.budget.price_table import PriceTable
    from pedalcast.rag.answer.answer_types import Answer
    from pedalcast.rag.llm import ChatModel
    from pedalcast.rag.llm.model_use import ModelCall

_STAGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class ChatMetrics:
    """Made once an application; `is_open` says whether questions are answered."""

    def __init__(self, registry: CollectorRegistry, is_open: Callable[[], bool]) -> None:
        self.requests = Counter(
            "pedalcast_chat_requests_total", "Questions by route, by who answered, and how it ended",
            ["route", "answered_by", "outcome"], registry=registry,
        )  # fmt: skip
        self.stages = Histogram(
            "pedalcast_chat_stage_seconds", "Time of each step of an answer", ["stage"], buckets=_STAGES,
            registry=registry,
        )  # fmt: skip
        self.whole = Histogram(
            "pedalcast_chat_seconds", "Time from question to answer", ["route"], buckets=_STAGES, registry=registry
        )
        self.flags = Counter(
            "pedalcast_chat_flags_total", "Sentences that did not hold, by reason", ["reason"], registry=registry
        )
        self.fallbacks = Counter(
            "pedalcast_chat_fallbacks_total", "Answers not left to the model, by reason", ["reason"], registry=registry
        )
        self.tokens = Counter(
            "pedalcast_chat_model_tokens_total", "Tokens that language models read and wrote, estimated",
            registry=registry,
        )  # fmt: skip
        self.calls = Counter(
            "pedalcast_chat_model_calls_total", "Calls of language models, by how they ended",
            ["provider", "model", "purpose", "outcome"], registry=registry,
        )  # fmt: skip
        self.cost = Counter(
            "pedalcast_chat_model_cost_total", "What language models cost, estimated by the operator's prices",
            ["provider", "model", "currency"], registry=registry,
        )  # fmt: skip
        self.unpriced = Counter(
            "pedalcast_chat_model_unpriced_total", "Calls of language models whose price is not known",
            ["provider", "model"], registry=registry,
        )  # fmt: skip
        self._paused = Gauge(
            "pedalcast_chat_model_paused", "1 while a language model is not asked, having failed several times",
            ["provider", "model"], registry=registry,
        )  # fmt: skip
        self.cached = Counter("pedalcast_chat_cached_total", "Questions answered from the cache", registry=registry)
        ready = Gauge("pedalcast_chat_ready", "1 when questions are answered", registry=registry)
        ready.set_function(lambda: float(is_open()))

    def answered(self, answer: Answer, seconds: float) -> None:
        """An answer was given."""
        outcome = "answered" if answer.answered else "unanswered"
        self.requests.labels(answer.route.value, answer.by, outcome).inc()
        self.whole.labels(answer.route.value).observe(seconds)
        for entry in answer.steps:
            self.stages.labels(entry["step"]).observe(entry["ms"] / 1e3)
        for flag in answer.flags:
            self.flags.labels(flag.reason).inc()
        if answer.fallback:
            self.fallbacks.labels(answer.fallback).inc()

    def called(self, calls: Sequence[ModelCall], prices: PriceTable | None) -> None:
        """Language models were asked, or passed over."""
        for call in calls:
            self.calls.labels(call.provider, call.model, call.purpose, call.outcome or "cancelled").inc()
            if not call.asked:
                continue
            if (price := None if prices is None else prices.price_of(call)) is None:
                self.unpriced.labels(call.provider, call.model).inc()
            elif prices is not None:
                self.cost.labels(call.provider, call.model, prices.currency).inc(float(price))

    def watch(self, model: ChatModel) -> None:
        """Tell whether this model is left alone at present."""
        labels = model.config.provider, model.config.model
        self._paused.labels(*labels).set_function(lambda: float(model.breaker.state == "open"))

    def failed(self, outcome: str) -> None:
        """No answer was given: "provider_unavailable", "cancelled" or "error"."""
        self.requests.labels("unknown", "none", outcome).inc()
