from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.embedded.local_redis.redis_process import embedded_redis
from pedalcast.kit.redis_connection import connect
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/realtime/stations"


class TestRedisRestarted:
    def test_the_last_snapshot_stays_and_the_next_poll_is_shown(
        self,
        settings: Settings,
        clock: StoppedClock,
        serve: Serve,
        eventually: Callable[[Callable[[], bool]], None],
        tmp_path: Path,
    ) -> None:
        city = SimulatedCity(stations=10, start=clock.at)
        first = city.fetch(clock.at)
        with embedded_redis(tmp_path / "redis") as url:
            client = connect(url)
            SnapshotStore(client).publish(first)
            own = settings.model_copy(update={"redis_url": type(settings.redis_url)(url), "chat": False})
            service = serve(create_app(own, clock=clock))
            assert service.get(PATH).json()["snapshot_id"] == first.id
            client.close()
        assert service.get("/ready").json()["checks"]["redis"] != "ok"
        station = first.stations[0].id
        clock.at += timedelta(minutes=20)
        assert service.get(f"{PATH}/{station}").json()["stale"] is True
        with embedded_redis(tmp_path / "redis") as url:
            client = connect(url)
            second = city.fetch(clock.at)
            assert SnapshotStore(client).publish(second)
            eventually(lambda: service.get(PATH).json()["snapshot_id"] == second.id)
            eventually(lambda: service.get("/ready").json()["checks"]["redis"] == "ok")
            client.close()
