import json
import threading
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from httpx_sse import EventSource, ServerSentEvent, connect_sse

from collector.feeds.simulated_city import SimulatedCity
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.stopped_clock import StoppedClock

PATH = "/api/v1/events"


@pytest.fixture
def app(settings: Settings, clock: StoppedClock) -> FastAPI:
    return create_app(settings, clock=clock)


def snapshot(source: EventSource) -> ServerSentEvent:
    """The first event that tells of a poll; the forecasts made of it may be told of before."""
    return next(event for event in source.iter_sse() if event.event == "snapshot")


class TestListen:
    def test_tells_of_a_poll_published_by_another_process(
        self, app: FastAPI, store: SnapshotStore, clock: StoppedClock, serve: Serve
    ) -> None:
        client = serve(app)
        with connect_sse(client, "GET", PATH) as source:
            store.publish(SimulatedCity(stations=30, start=clock.at).fetch(clock.at))
            event = snapshot(source)
        assert event.id == "snapshot-20261120T120000Z"
        assert json.loads(event.data) == {
            "snapshot_id": "20261120T120000Z",
            "observed_at": "2026-11-20T12:00:00Z",
            "partial": False,
            "stations": 30,
            "url": "/api/v1/realtime/stations",
        }

    def test_two_replicas_tell_their_own_listeners(
        self, settings: Settings, store: SnapshotStore, clock: StoppedClock, serve: Serve
    ) -> None:
        clients = [serve(create_app(settings, clock=clock)) for _ in range(2)]
        with connect_sse(clients[0], "GET", PATH) as one, connect_sse(clients[1], "GET", PATH) as other:
            store.publish(SimulatedCity(stations=30, start=clock.at).fetch(clock.at))
            assert snapshot(one).id == snapshot(other).id

    def test_who_comes_back_gets_what_was_missed_and_nothing_twice(self, app: FastAPI, serve: Serve) -> None:
        client = serve(app)
        events = app.state.context.events
        for number in range(3):
            events.publish("snapshot", f"snapshot-{number}", "{}")
            events.publish("forecasts", f"forecasts-{number}", "{}")
        with connect_sse(client, "GET", PATH, headers={"Last-Event-ID": "snapshot-2"}) as source:
            assert next(source.iter_sse()).id == "forecasts-2"
        with connect_sse(client, "GET", PATH, headers={"Last-Event-ID": "of-another-replica"}) as source:
            found = source.iter_sse()
            assert [next(found).id, next(found).id] == ["snapshot-2", "forecasts-2"]

    def test_a_listener_that_left_is_forgotten(
        self, app: FastAPI, serve: Serve, eventually: Callable[[Callable[[], bool]], None]
    ) -> None:
        client = serve(app)
        events = app.state.context.events
        with connect_sse(client, "GET", PATH):
            eventually(lambda: events.listeners == 1)
        eventually(lambda: events.listeners == 0)

    def test_an_open_stream_does_not_keep_the_service_from_stopping(self, app: FastAPI, serve: Serve) -> None:
        client = serve(app)
        ended = threading.Event()

        def listen() -> None:
            with httpx.Client(base_url=client.base_url) as own, connect_sse(own, "GET", PATH) as source:
                list(source.iter_sse())
            ended.set()

        listener = threading.Thread(target=listen)
        listener.start()
        events = app.state.context.events
        while not events.listeners:
            pass
        events.close()
        listener.join(10)
        assert ended.is_set()
