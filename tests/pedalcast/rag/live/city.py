"""Live data out of memory, through the same interface as Redis'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pedalcast.rag.live.types import Fleet, LiveForecast, LiveHorizon, LiveStation

NOW = datetime(2026, 11, 20, 1, 7, tzinfo=UTC)  # 10:07 in Seoul
SEEN = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)

_NAMES = [
    ("ST-4", "102. 망원역 1번출구 앞", "102. Mangwon Stn. Exit 1", 37.5556, 126.9106, 4, 11),
    ("ST-5", "103. 망원역 2번출구 앞", "103. Mangwon Stn. Exit 2", 37.5550, 126.9108, 14, 0),
    ("ST-6", "104. 합정역 1번출구 앞", "104. Hapjeong Stn. Exit 1", 37.5506, 126.9150, 0, 13),
    ("ST-7", "105. 합정역 5번출구 앞", "105. Hapjeong Stn. Exit 5", 37.5500, 126.9148, 2, 5),
    ("ST-71", "207. 여의나루역 1번출구 앞", "207. Yeouinaru Stn. Exit 1", 37.5270, 126.9328, 8, 22),
    ("ST-90", "210. 서울숲 관리사무소", "210. Seoul Forest Office", 37.5445, 127.0378, 3, 3),
    ("ST-91", "211. 가온타워 앞", "211. Gaon Tower", 37.5446, 127.0400, 6, 6),
    ("ST-92", "212. 마포구민체육센터 앞", "", 37.5566, 126.8982, 1, 9),
    ("ST-93", "213. 홍대입구역 11번출구", "213. Hongik Univ. Stn. Exit 11", 37.5571, 126.9237, 5, 5),
]


@dataclass
class City:
    """`LiveData` whose stations and forecasts a test may change."""

    stations: list[LiveStation]
    made: dict[str, LiveForecast]
    at: datetime = NOW
    asked: list[str] = field(default_factory=list)

    def fleet(self) -> Fleet | None:
        return Fleet("20261120T010500Z", "Asia/Seoul", tuple(self.stations)) if self.stations else None

    def forecasts(self, station_ids: Sequence[str]) -> dict[str, LiveForecast]:
        self.asked += station_ids
        return {name: self.made[name] for name in station_ids if name in self.made}

    def chance(self, station_id: str, at_least: int, at: datetime, *, docks: bool) -> float | None:
        """As expected for one, a tenth less for each more; None without a forecast."""
        forecast = self.made.get(station_id)
        horizon = None if forecast is None else forecast.at(at)
        if horizon is None:
            return None
        return max(0.0, (horizon.p_dock if docks else horizon.p_bike) - 0.1 * (at_least - 1))

    def now(self) -> datetime:
        return self.at

    def change(self, station_id: str, **values: object) -> None:
        """Give a station other values."""
        self.stations = [replace(s, **values) if s.id == station_id else s for s in self.stations]  # type: ignore[arg-type]

    def expect(self, station_id: str, *, p_bike: float = 0.97, p_dock: float = 0.96, model: str = "v1") -> None:
        """Forecast these probabilities for a station at every horizon."""
        bikes = next(s.bikes for s in self.stations if s.id == station_id)
        horizons = tuple(
            LiveHorizon(m, SEEN + timedelta(minutes=m), bikes + m / 100, max(0, bikes - 1), bikes + 2, p_bike, p_dock)
            for m in (10, 20, 30, 60)
        )
        self.made[station_id] = LiveForecast(station_id, SEEN, SEEN, model, horizons)


def small_city() -> City:
    """The nine stations."""
    stations = [
        LiveStation(
            i,
            ko,
            {"ko": ko, "en": en} if en else {},
            lat,
            lon,
            bikes,
            docks,
            None,
            True,
            True,
            True,
            SEEN,
            docks is None,
        )
        for i, ko, en, lat, lon, bikes, docks in _NAMES
    ]
    city = City(stations, {})
    for station in stations[:-1]:
        city.expect(station.id, p_bike=0.97 if station.bikes else 0.2, p_dock=0.96 if station.docks else 0.1)
    return city
