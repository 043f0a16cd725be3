"""What a warning says, in both languages: advice for one neighbourhood."""

from __future__ import annotations

from pedalcast.alerts.alert_judge import AlertKind, AlertVerdict

_WHAT = {"bikes": ("자전거", "bikes"), "docks": ("빈 거치대", "free docks")}


def advice(verdict: AlertVerdict, kind: AlertKind, at: str, stations: int) -> dict[str, str]:
    """The sentences by language; `at` is the city's time that the forecast is for ("08:30")."""
    assert verdict.best is not None  # noqa: S101 (a warning has one)
    best, chance = verdict.best
    korean, english = _WHAT[kind]
    more_ko = f" 등 {stations}곳" if stations > 1 else ""
    more_en = f" and {stations - 1} more" if stations > 1 else ""
    texts = {
        "ko": f"{at}에는 {best.name('ko')}{more_ko}에 {korean}가 부족할 것 같습니다(가능성 {chance:.0%}).",
        "en": f"At {at} {english} will probably be short at {best.name('en')}{more_en} (chance {chance:.0%}).",
    }
    if verdict.instead is None:
        return {"ko": texts["ko"] + " 조금 일찍 나서세요.", "en": texts["en"] + " Better set out earlier."}
    instead, better = verdict.instead
    return {
        "ko": texts["ko"] + f" {instead.name('ko')}(가능성 {better:.0%})로 가 보세요.",
        "en": texts["en"] + f" Better go to {instead.name('en')} (chance {better:.0%}).",
    }
