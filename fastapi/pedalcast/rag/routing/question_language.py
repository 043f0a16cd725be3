"""The language of a question, told by its sentence and not by the names in it."""

from __future__ import annotations

from pedalcast.rag.text.linear_regex import linear
from pedalcast.rag.text.segmentation import language
from pedalcast.rag.text.tokens import LIGHT_WORDS

_WORD = linear(r"[A-Za-z]+(?:'[a-z]+)?")
_KOREAN_SENTENCE = linear(
    r"[가-힣](?:요|까|나|니|냐|어|아|야|줘|다|음|임|지|죠|돼|됨|해|데|래|대|은|는|을|를|이|가|도|만|에서|까지|부터)"
    r"(?:[^\p{L}\p{N}]|$)|얼마|몇|어디|언제|어떻게|무엇|뭐|있|없|되|알려"
)


def question_language(text: str) -> str:
    """ "ko" or "en". An English sentence around a Korean name is English: it has English function words and no Korean
    ending or question word."""
    by_script = language(text)
    if by_script == "en" or _KOREAN_SENTENCE.search(text):
        return by_script
    english = sum(word.lower() in LIGHT_WORDS for word in _WORD.findall(text))
    return "en" if english >= 2 else by_script
