"""What kind of answer a question asks for, by its question words."""

from __future__ import annotations

from enum import IntEnum

from pedalcast.rag.text.linear_regex import linear


class AnswerType(IntEnum):
    """The kind of answer."""

    OTHER = 0
    PERSON = 1
    TIME = 2
    NUMBER = 3
    PLACE = 4
    THING = 5
    REASON = 6
    MANNER = 7


_CLOSING = r"(?:은|는|이|가|의 이름은)?\s*[?？]?\s*$"  # the noun that ends a Korean question
_KOREAN = (
    (AnswerType.TIME, r"언제|며칠|몇\s?(?:년|월|일|시|세기)"),
    (AnswerType.TIME, rf"(?:년도|연도|날짜|시기|시점|요일|해|날|생년월일){_CLOSING}"),
    (AnswerType.NUMBER, r"몇|얼마"),
    (AnswerType.NUMBER, rf"(?:인구|개수|횟수|숫자|나이|금액|가격|비율|길이|높이|거리|무게|면적|수){_CLOSING}"),
    (AnswerType.PERSON, r"누구|누가"),
    (AnswerType.PERSON, rf"(?:사람|인물|배우|가수|감독|작가|선수|대통령|장관|왕|교수|학자|의원|장군){_CLOSING}"),
    (AnswerType.PLACE, rf"어디|(?:곳|나라|국가|도시|지역|장소|지방|학교|대학){_CLOSING}"),
    (AnswerType.REASON, r"왜|이유|원인|까닭"),
    (AnswerType.MANNER, r"어떻게|방법|하려면|려면"),
    (AnswerType.THING, r"무엇|뭐|무슨|어떤|어떠한|어느|이름|명칭|제목|것은"),
)
_ENGLISH = (
    (AnswerType.TIME, r"\bwhen\b|\bhow long ago\b|\b(?:what|which)\s+(?:year|date|day|month|century|decade|time)\b"),
    (AnswerType.NUMBER, r"\bhow (?:many|much|old|long|far|big|large|tall|high|often|fast|wide|deep)\b"),
    (AnswerType.NUMBER, r"\bwhat (?:percent|number|amount)"),
    (AnswerType.PERSON, r"\bwho(?:m|se)?\b"),
    (AnswerType.PLACE, r"\bwhere\b|\b(?:what|which)\s+(?:city|country|state|place|town|region|location|area)\b"),
    (AnswerType.REASON, r"\bwhy\b|\bfor what reason\b"),
    (AnswerType.MANNER, r"\bhow\b"),
    (AnswerType.THING, r"\bwhat\b|\bwhich\b"),
)
_PATTERNS = {
    lang: tuple((kind, linear(pattern, ignore_case=True)) for kind, pattern in table)
    for lang, table in (("ko", _KOREAN), ("en", _ENGLISH))
}


def answer_type_of(question: str, lang: str) -> AnswerType:
    """The first kind whose question words occur."""
    return next((kind for kind, pattern in _PATTERNS[lang] if pattern.search(question)), AnswerType.OTHER)
