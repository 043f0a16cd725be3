"""Why, in a sentence, Korean and English. Every number in it is one of the plan's."""

from __future__ import annotations

from dataclasses import dataclass

from pedalcast.plans.plan_rule import Decision, Reason


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the sentence names: whether docks are wanted and how many, the city's clock at arrival, both stations.

    Probabilities are 0 to 1, None where unknown.
    """

    docks: bool
    count: int
    clock: str
    name: str
    probability: float | None
    other: str = ""
    other_probability: float = 0.0
    minutes: int = 0  # of the walk to the other station, or of the wait


_ENGLISH = {
    Reason.LIKELY: "{there}: likely ({chance}).",
    Reason.LATER: "{there}: {doubt} ({chance}), but likelier {minutes} later ({other_chance}).",
    Reason.NEARBY: "{there}: {doubt} ({chance}); {walk}.",
    Reason.BEST: "{there}: uncertain ({chance}), and no station within a walk is likelier.",
    Reason.NOWHERE: "{there}: unlikely ({chance}), and no station within a walk is likelier.",
    Reason.CLOSED: "{name} {closed} at the moment{and_walk}.",
    Reason.UNKNOWN: "{there}: nothing can be said of it at that time{and_walk}.",
}
_KOREAN = {
    Reason.LIKELY: "{there} {chance}로 높습니다.",
    Reason.LATER: "{there} {chance}이지만 {minutes}분 더 기다리면 {other_chance}로 올라갑니다.",
    Reason.NEARBY: "{there} {chance}이고, {walk}.",
    Reason.BEST: "{there} {chance}로 확실하지 않지만, 걸어갈 만한 곳에 더 나은 대여소가 없습니다.",
    Reason.NOWHERE: "{there} {chance}로 낮고, 걸어갈 만한 곳에 더 나은 대여소도 없습니다.",
    Reason.CLOSED: "{name}에서는 지금 {closed} 받지 않습니다{and_walk}.",
    Reason.UNKNOWN: "{clock}의 {name} 상태는 알 수 없습니다{and_walk}.",
}


def sentence(decision: Decision, facts: PlanFacts, lang: str) -> str:
    """The sentence for a decision in `ko` or, for every other language, `en`."""
    templates, words = (_KOREAN, _korean_words) if lang == "ko" else (_ENGLISH, _english_words)
    return templates[decision.reason].format(**words(facts))


def _english_words(facts: PlanFacts) -> dict[str, str]:
    other = _percent(facts.other_probability)
    walk = f"{facts.other}, {_minutes_en(facts.minutes)} on foot, is likelier ({other})"
    return {
        "there": f"{_wanted_en(facts)} at {facts.name} at {facts.clock}",
        "name": facts.name,
        "chance": _percent(facts.probability),
        "doubt": "unlikely" if (facts.probability or 0) < 0.5 else "uncertain",
        "minutes": _minutes_en(facts.minutes),
        "other_chance": other,
        "closed": "takes no returns" if facts.docks else "rents no bikes out",
        "walk": walk,
        "and_walk": f"; {walk}" if facts.other else ", and no station within a walk is likelier",
    }


def _korean_words(facts: PlanFacts) -> dict[str, str]:
    other = _percent(facts.other_probability)
    walk = f"걸어서 {facts.minutes}분 거리인 {facts.other} 쪽이 더 가능성이 높습니다({other})"
    return {
        "there": f"{facts.clock}에 {facts.name}에 {_wanted_ko(facts)} 있을 확률은",
        "name": facts.name,
        "clock": facts.clock,
        "chance": _percent(facts.probability),
        "minutes": str(facts.minutes),
        "other_chance": other,
        "closed": "반납을" if facts.docks else "대여를",
        "walk": walk,
        "and_walk": f". {walk}" if facts.other else ". 걸어갈 만한 곳에 더 나은 대여소도 없습니다",
    }


def _wanted_en(facts: PlanFacts) -> str:
    thing = "free dock" if facts.docks else "bike"
    return f"A {thing}" if facts.count == 1 else f"At least {facts.count} {thing}s"


def _wanted_ko(facts: PlanFacts) -> str:
    """With its particle."""
    if facts.docks:
        return "빈 거치대가" if facts.count == 1 else f"빈 거치대가 {facts.count}개 이상"
    return "자전거가" if facts.count == 1 else f"자전거가 {facts.count}대 이상"


def _minutes_en(minutes: int) -> str:
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _percent(probability: float | None) -> str:
    """As people read it; never 0 or 100, for no forecast is certain."""
    return "?" if probability is None else f"{min(99, max(1, round(100 * probability)))}%"
