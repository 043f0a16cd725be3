"""What is said when there is nothing to cite."""

from __future__ import annotations

from collections.abc import Sequence

_TEXTS = {
    "no_source": {"ko": "그 질문에 답할 자료가 없습니다.", "en": "I have no source for that."},
    "topics": {"ko": " 가까운 주제: {topics}.", "en": " The nearest topics: {topics}."},
    "which_station": {
        "ko": " 대여소가 궁금하시면 이름이나 번호를 알려 주세요.",
        "en": " If you mean a station, tell me its name or number.",
    },
    "small_talk": {
        "ko": "안녕하세요! 자전거 이용 방법이나 요금, 대여소의 지금과 앞으로의 상황을 물어봐 주세요.",
        "en": "Hello! Ask me how the bikes work, what they cost, or how a station stands now and will soon.",
    },
    "thanks": {"ko": "천만에요. 즐거운 라이딩 되세요!", "en": "You are welcome. Enjoy the ride!"},
    "greeting": {"ko": "안녕하세요! 궁금한 것을 물어봐 주세요.", "en": "Hello! What would you like to know?"},
    "welcome": {"ko": "천만에요.", "en": "You are welcome."},
    "out_of_scope": {
        "ko": "저는 자전거 서비스와 대여소에 관한 질문에만 답할 수 있습니다.",
        "en": "I can only answer questions about the bike service and its stations.",
    },
    "documents_away": {
        "ko": "지금은 자료를 찾아볼 수 없습니다. 잠시 뒤에 다시 물어봐 주세요.",
        "en": "The documents cannot be searched at the moment. Please ask again shortly.",
    },
}


def fixed_text(name: str, lang: str) -> str:
    """A fixed sentence in a language."""
    return _TEXTS[name][lang].strip()


def no_source(lang: str, topics: Sequence[str], *, station: bool = False) -> str:
    """That there is no source, and what there is instead."""
    text = _TEXTS["no_source"][lang]
    if topics:
        text += _TEXTS["topics"][lang].format(topics=", ".join(topics))
    return text + (_TEXTS["which_station"][lang] if station else "")


def small_talk(question: str, lang: str, *, guide: bool = True) -> str:
    """Thanks are answered as thanks, all else with what may be asked; of bikes speaks the guide alone."""
    thanks = any(word in question.lower() for word in ("thank", "thx", "고마", "고맙", "감사", "bye", "잘 가", "수고"))
    if not guide:
        return fixed_text("welcome" if thanks else "greeting", lang)
    return fixed_text("thanks" if thanks else "small_talk", lang)
