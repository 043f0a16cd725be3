"""Subjects near a bike service that are not its own: a question about a moped is not answered from texts about bikes.

A word counts only where the bot's own texts do not have it, so that documents about scooters answer about scooters.
"""

from __future__ import annotations

from collections.abc import Callable

from pedalcast.rag.text.linear_regex import linear

_SUBJECTS = linear(
    r"\b(?:mopeds?|(?:e-?)?scooters?|motor(?:bike|cycle)s?|trains?|subways?|metro|buses|bus|tax(?:i|is)|cabs?|uber|trams?|"
    r"flights?|planes?|airlines?|ferry|cars?|trucks?|skateboards?|segways?|hotels?|restaurants?|elections?|president|"
    r"football|soccer|baseball|movies?|stocks?|bitcoin|coupons?|promo|vouchers?|discounts?|students?|jobs?|hiring|"
    r"salary|parking tickets?|repair shops?|bike shops?|own bike|visas?)\b|"
    r"킥보드|스쿠터|오토바이|전동휠|인라인|기차|지하철|버스|택시|비행기|자동차|렌터카|쏘카|배달|쿠폰|할인|학생|경로|선거|"
    r"대통령|축구|야구|영화|주식|비트코인|수리점|수리\s?센터|자전거\s?(?:가게|포)|호텔|맛집|식당|채용|알바|월급|"
    r"(?:제|내|개인)\s자전거(?:가|를|도|에)?\s|운전면허\s?(?:시험|학원)",
    ignore_case=True,
)
_OWN = linear(  # the rider's own, whatever the texts have of such things
    r"\bmy (?:own )?(?:train|bus|flight|plane|car|taxi|scooter|moped)\b|\bmy own bike\b|"
    r"(?:제|내|우리)\s?(?:차가|차를|차는|기차|버스|킥보드)",
    ignore_case=True,
)
_WEATHER = linear(
    r"(?:내일|모레|오늘|주말|이번\s?주|tomorrow|tonight|today|weekend|next week).{0,16}(?:비|눈|날씨|기온|미세먼지|"
    r"rain|snow|weather|sunny|temperature)|(?:rain|snow|weather|sunny).{0,16}(?:tomorrow|tonight|today|weekend)|"
    r"날씨\s?(?:어때|알려|어떄)|weather forecast",
    ignore_case=True,
)
_SERVICE = linear(
    r"타|탈|빌|대여|반납|운영|운행|자전거|따릉이|이용|\brid|\brent|\bbikes?\b|\bopen|\brun|\bclos|\bshut|\bservice|\bstations?\b|\buse\b",
    ignore_case=True,
)


def foreign_subject(question: str, has_word: Callable[[str], bool]) -> str | None:
    """What a question is about that the bot's texts do not have, None where there is nothing of the kind.

    `has_word` tells whether the bot's texts have a word.
    """
    if own := _OWN.search(question):
        return str(own.group())
    for match in _SUBJECTS.finditer(question):
        if not has_word(match.group()):
            return str(match.group()).strip()
    weather = _WEATHER.search(question)
    if weather and not _SERVICE.search(question):
        return str(weather.group()).strip()
    return None
