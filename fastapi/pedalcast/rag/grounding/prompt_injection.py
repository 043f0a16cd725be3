"""Detects instructions to a language model inside documents. They support no sentence and are not quoted.

This is a second line of defence: an answer is shown only where passages support its sentences.
"""

from __future__ import annotations

from pedalcast.rag.text.linear_regex import linear

_ORDER = linear(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|context|above|passages?)\b|"
    r"\b(?:system|developer) (?:prompt|message)\b|\b(?:you are|"
    r"act as) (?:now )?(?:an? )?(?:\w+ ){0,3}(?:assistant|model|ai)\b|"
    r"\b(?:say|answer|reply|respond|output|print|repeat) (?:exactly|only|with|the following)\b|"
    r"\b(?:assistant|language model|chatbot|ai)\b.{0,20}\b(?:must|should|shall|will|has to)\b|"
    r"(?:지시|명령|규칙|프롬프트)\S*\s*(?:\S+\s+){0,2}(?:무시|잊|따르지)|(?:시스템|개발자)\s?(?:프롬프트|메시지)|"
    r"(?:챗봇|어시스턴트|언어\s?모델)\S*\s.{0,30}(?:하라|해라|하세요|하십시오|말하라|답하라)|"
    r"(?:챗봇|어시스턴트|언어\s?모델|인공지능|\bAI)(?:은|는|이라면|라면|에게|께서는)\s.{0,80}(?:하라|하세요|십시오|주세요|바랍니다|바란다)|"
    r"<!--",
    ignore_case=True,
    dot_all=True,
)


def is_injected_instruction(sentence: str) -> bool:
    """Whether a sentence speaks to a language model rather than to a reader."""
    return _ORDER.search(sentence) is not None
