"""What live answers say when there is no single station to speak of."""

from __future__ import annotations

from collections.abc import Sequence

STATION_MESSAGES = {
    "which": {
        "ko": "{n}곳이 있습니다. 어느 대여소를 말씀하시나요? {names}",
        "en": "{n} stations fit. Which one do you mean? {names}",
    },
    "unknown": {
        "ko": "‘{said}’에 맞는 대여소를 찾지 못했습니다.",
        "en": "I know of no station called “{said}”.",
    },
    "nearest_names": {"ko": " 이름이 비슷한 곳: {names}", "en": " Names that come near: {names}"},
    "no_name": {
        "ko": "어느 대여소가 궁금하신가요? 대여소 이름이나 번호를 알려 주세요.",
        "en": "Which station? Tell me its name or number.",
    },
    "no_position": {
        "ko": "어디 근처인지 알려 주세요. 장소나 대여소 이름, 또는 위치(위도, 경도)면 됩니다.",
        "en": "Near where? Name a place or a station, or give a position (latitude, longitude).",
    },
    "no_snapshot": {
        "ko": "아직 실시간 정보를 받지 못했습니다. 잠시 뒤에 다시 물어봐 주세요.",
        "en": "No live data has come in yet. Please ask again in a moment.",
    },
    "redis": {
        "ko": "지금은 실시간 정보를 읽을 수 없습니다. 잠시 뒤에 다시 물어봐 주세요.",
        "en": "Live data cannot be read at the moment. Please ask again shortly.",
    },
    "no_forecast": {
        "ko": "이 대여소의 예측은 지금 없습니다.",
        "en": "There is no forecast for this station at the moment.",
    },
    "beyond": {
        "ko": "예측은 {minutes}분 뒤까지만 있어 그 시각으로 답합니다.",
        "en": "Forecasts reach only {minutes} minutes ahead, so this is for that time.",
    },
    "past": {
        "ko": "지난 어느 시각을 말씀하시는지 알 수 없습니다. ‘30분 전’처럼 시각을 알려 주세요.",
        "en": "Which time in the past do you mean? Name it, as in “30 minutes ago”.",
    },
    "past_absent": {
        "ko": "그 시각의 대수는 남아 있지 않아 알 수 없습니다.",
        "en": "The counts of that time are not kept, so they are not known.",
    },
    "past_one": {
        "ko": "지난 시각의 대수는 대여소 한 곳씩만 답할 수 있습니다. 대여소 이름을 하나만 알려 주세요.",
        "en": "Past counts are answered for one station at a time. Name a single station.",
    },
    "beyond_reach": {
        "ko": "예측은 {minutes}분 뒤까지만 있어, 그 시각은 알 수 없습니다.",
        "en": "Forecasts reach only {minutes} minutes ahead, so that time is not known.",
    },
    "yes": {"ko": "네: ", "en": "Yes: "},
    "no": {"ko": "아니요: ", "en": "No: "},
    "enough_bikes": {"ko": "네, 자전거가 {n}대 이상 있습니다.", "en": "Yes, there are at least {n} bikes."},
    "short_bikes": {"ko": "아니요, 자전거가 {n}대보다 적습니다.", "en": "No, there are fewer than {n} bikes."},
    "enough_docks": {"ko": "네, 빈 거치대가 {n}개 이상 있습니다.", "en": "Yes, there are at least {n} free docks."},
    "short_docks": {"ko": "아니요, 빈 거치대가 {n}개보다 적습니다.", "en": "No, there are fewer than {n} free docks."},
    "enough_ebikes": {
        "ko": "네, 전기자전거가 {n}대 이상 있습니다.",
        "en": "Yes, there are at least {n} electric bikes.",
    },
    "short_ebikes": {
        "ko": "아니요, 전기자전거가 {n}대보다 적습니다.",
        "en": "No, there are fewer than {n} electric bikes.",
    },
    "chance_bikes": {
        "ko": "{clock}에 자전거가 {n}대 이상 있을 확률은 {p}입니다.",
        "en": "The probability of at least {n} bikes at {clock} is {p}.",
    },
    "chance_docks": {
        "ko": "{clock}에 빈 거치대가 {n}개 이상 있을 확률은 {p}입니다.",
        "en": "The probability of at least {n} free docks at {clock} is {p}.",
    },
    "electric_unknown": {
        "ko": "실시간 정보에는 전기자전거가 몇 대인지 나오지 않아 알 수 없습니다.",
        "en": "The live data does not say how many of the bikes are electric, so that is unknown.",
    },
    "electric_ahead": {
        "ko": "전기자전거가 몇 대일지는 따로 예측하지 않습니다.",
        "en": "How many of the bikes will be electric is not forecast.",
    },
    "most_ebikes": {
        "ko": "전기자전거가 더 많은 곳은 {station}입니다.",
        "en": "{station} has more electric bikes.",
    },
    "most_bikes": {"ko": "자전거가 더 많은 곳은 {station}입니다.", "en": "{station} has more bikes."},
    "most_docks": {"ko": "빈 거치대가 더 많은 곳은 {station}입니다.", "en": "{station} has more free docks."},
    "even": {"ko": "두 곳이 같습니다.", "en": "Both have the same number."},
    "none_within_bikes": {
        "ko": "{metres}m 안에는 자전거가 있는 대여소가 없습니다.",
        "en": "No station within {metres} m has a bike.",
    },
    "none_within_ebikes": {
        "ko": "{metres}m 안에는 전기자전거가 있는 대여소가 없습니다.",
        "en": "No station within {metres} m has an electric bike.",
    },
    "none_within_docks": {
        "ko": "{metres}m 안에는 빈 거치대가 있는 대여소가 없습니다.",
        "en": "No station within {metres} m has a free dock.",
    },
    "reach": {"ko": "예측은 {minutes}분 뒤까지 있습니다.", "en": "Forecasts reach {minutes} minutes ahead."},
    "nearby": {"ko": "가까운 대여소: {items}.", "en": "Nearest stations: {items}."},
    "instead_bikes": {"ko": "자전거가 있는 가까운 곳: {items}.", "en": "Nearby with bikes: {items}."},
    "instead_ebikes": {"ko": "전기자전거가 있는 가까운 곳: {items}.", "en": "Nearby with electric bikes: {items}."},
    "instead_docks": {"ko": "빈 거치대가 있는 가까운 곳: {items}.", "en": "Nearby with free docks: {items}."},
    "none_near": {"ko": "가까운 다른 대여소에도 없습니다.", "en": "No other station nearby has any either."},
}


def station_message(name: str, lang: str, **values: object) -> str:
    """A phrase in a language, its places filled."""
    return STATION_MESSAGES[name][lang].format(**values)


def listed(names: Sequence[str], at_most: int = 5) -> str:
    """Names in a row, the rest counted."""
    rest = f" … (+{len(names) - at_most})" if len(names) > at_most else ""
    return " / ".join(names[:at_most]) + rest
