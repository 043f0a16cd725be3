"""Judges every active rule against the run that is served, and tells its owner once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from pedalcast.accounts.favourites.repository import AlertRuleRepository
from pedalcast.accounts.models import AlertRule
from pedalcast.alerts.advice import advice
from pedalcast.alerts.alert_judge import AlertKind, AlertVerdict, StationPlace, applies, judge, nearest
from pedalcast.alerts.city_view import CityMoment, CityView
from pedalcast.database.engine import Database
from pedalcast.notifications.service import NotificationService
from pedalcast.stations.geo import Coordinates

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule with what came of it; `stations` are those it is about."""

    rule: AlertRule
    verdict: AlertVerdict
    stations: Sequence[StationPlace]


class AlertService:
    """Several replicas may judge the same run: the row of a rule lets one of them tell."""

    def __init__(self, database: Database, notifications: NotificationService, city: CityView) -> None:
        self._database = database
        self._notifications = notifications
        self._city = city

    @property
    def run_id(self) -> str | None:
        """The run that would be judged, None where there is none."""
        return self._city.run_id()

    async def judge_all(self) -> int:
        """Judge every active rule; the number of warnings sent."""
        async with self._database.reading() as session:
            rules = await AlertRuleRepository(session).active()
        now = await asyncio.to_thread(self._city.now) if rules else None
        if now is None:
            return 0
        judged = await asyncio.to_thread(lambda: [_judge(rule, now) for rule in rules])
        sent = [await self._act(one, now) for one in judged]
        return sum(sent)

    async def _act(self, judged: JudgedRule, now: CityMoment) -> bool:
        if judged.verdict.outcome == "warn":
            return await self._warn(judged, now)
        if judged.verdict.outcome == "over":
            await self._end(judged.rule)
        return False

    async def _warn(self, judged: JudgedRule, now: CityMoment) -> bool:
        rule, verdict = judged.rule, judged.verdict
        texts = advice(verdict, _kind(rule), _target(rule, now).strftime("%H:%M"), len(judged.stations))
        instead = verdict.instead[0].station_id if verdict.instead else None
        async with self._database.transaction() as session:
            if not await AlertRuleRepository(session).mark_alerted(rule.id, now.at):
                return False
            await self._notifications.add(
                session, rule.user_id, "alert", f"alert:{rule.id}", texts,
                rule_id=rule.id, stations=[place.station_id for place in judged.stations][:20], instead=instead,
            )  # fmt: skip
        await self._notifications.hub.announce(rule.user_id)
        log.info("alert sent", rule_id=rule.id, stations=len(judged.stations))
        return True

    async def _end(self, rule: AlertRule) -> None:
        async with self._database.transaction() as session:
            if await AlertRuleRepository(session).mark_over(rule.id):
                await self._notifications.clear(session, rule.user_id, f"alert:{rule.id}")


def _judge(rule: AlertRule, now: CityMoment) -> JudgedRule:
    stations = _stations(rule, now.places)
    warned = rule.alerted_at is not None
    if not applies(now.local, rule.weekdays, rule.from_time, rule.until_time):
        return JudgedRule(rule, AlertVerdict("over" if warned else "wait"), stations)
    chances = now.chances(_kind(rule), rule.threshold + 1, rule.minutes)
    return JudgedRule(rule, judge(stations, list(now.places.values()), chances.get, warned=warned), stations)


def _stations(rule: AlertRule, places: Mapping[str, StationPlace]) -> list[StationPlace]:
    if rule.area is not None:
        centre = Coordinates(rule.area["lat"], rule.area["lon"])
        return nearest(centre, list(places.values()), rule.area["radius"])
    ids = rule.station_ids or ([rule.station_id] if rule.station_id else [])
    return [places[station_id] for station_id in ids if station_id in places]


def _kind(rule: AlertRule) -> AlertKind:
    return "docks" if rule.kind == "docks" else "bikes"


def _target(rule: AlertRule, now: CityMoment) -> datetime:
    return (now.at + timedelta(minutes=rule.minutes)).astimezone(ZoneInfo(now.timezone))
