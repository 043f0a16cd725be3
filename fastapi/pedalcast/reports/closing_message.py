"""What a rider is told when a report is closed, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from pedalcast.accounts.credentials.mail import Mail
from pedalcast.reports.models import FaultReport

_KINDS = {
    "bike": ("자전거", "a bike"),
    "dock": ("거치대", "a dock"),
    "station": ("대여소", "the station"),
    "count": ("대수 표시", "the count"),
    "other": ("기타", "something else"),
}


def closing_texts(report: FaultReport) -> dict[str, str]:
    """The sentences by language, with the operator's answer as it was written."""
    korean, english = _KINDS.get(report.kind, _KINDS["other"])
    answer = f" {report.answer}" if report.answer else ""
    return {
        "ko": f"대여소 {report.station_id}의 신고({korean})가 처리되었습니다.{answer}",
        "en": f"Your report about {english} at station {report.station_id} is closed.{answer}",
    }


def closing_mail(to: str, texts: Mapping[str, str]) -> Mail:
    """The same as a mail."""
    return Mail(to, "Pedalcast: 신고 처리 / your report", f"{texts['ko']}\n\n{texts['en']}\n")
