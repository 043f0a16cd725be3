"""The tools as a model's client sees them, over both transports, from a running service."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import TextResourceContents

from collector.feeds.simulated_city import SimulatedCity
from collector.snapshot import UNLIMITED_DOCKS, Snapshot, Station, System, window_of
from collector.storage.snapshot_store import SnapshotStore
from pedalcast.app import create_app
from pedalcast.settings import Settings
from tests.pedalcast.conftest import Serve
from tests.stopped_clock import StoppedClock

TOOLS = {
    "find_stations",
    "get_station",
    "get_nearby_availability",
    "forecast_station",
    "plan_trip",
    "ask_help",
    "get_system_health",
}


@pytest.fixture
def service(
    settings: Settings,
    store: SnapshotStore,
    clock: StoppedClock,
    serve: Serve,
    eventually: Callable[[Callable[[], bool]], None],
) -> httpx.Client:
    """A service with one poll of a small simulated city, forecast by persistence."""
    store.publish(SimulatedCity(start=clock.now(), stations=20).fetch(clock.now()))
    client = serve(create_app(settings, clock=clock))
    eventually(lambda: client.get("/api/v1/predict/stations").status_code == 200)
    return client


def over(target: str | StdioServerParameters, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    """What a conversation with the server brings."""

    async def run() -> Any:
        async with Client(target) as client:
            return await talk(client)

    return asyncio.run(run())


def address_of(service: httpx.Client) -> str:
    return f"{str(service.base_url).rstrip('/')}/mcp"


def command_for(service: httpx.Client) -> StdioServerParameters:
    arguments = ["-m", "pedalcast", "mcp", "--url", str(service.base_url)]
    return StdioServerParameters(command=sys.executable, args=arguments)


async def called(client: Client, name: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool, which is also its text."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    answer: dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == answer
    return answer


async def refused(client: Client, name: str, **arguments: Any) -> str:
    """The message of a tool that fails."""
    result = await client.call_tool(name, arguments)
    assert result.is_error
    return str(result.content[0].text)


async def whole_walk(client: Client) -> dict[str, Any]:
    """Find a station, look at it, forecast it, plan a trip there."""
    listed = await client.list_tools()
    assert {tool.name for tool in listed.tools} == TOOLS
    assert all(tool.output_schema and tool.description for tool in listed.tools)
    resource = await client.read_resource("pedalcast://stations")
    contents = resource.contents[0]
    assert isinstance(contents, TextResourceContents)
    stations = json.loads(contents.text)["stations"]
    name, station_id = stations[7]["name"], stations[7]["station_id"]
    return {
        "asked": stations[7],
        "stations": len(stations),
        "found": await called(client, "find_stations", query=name),
        "station": await called(client, "get_station", station_id=station_id),
        "near": await called(client, "get_nearby_availability", lat=stations[7]["lat"], lon=stations[7]["lon"], n=1),
        "forecast": await called(client, "forecast_station", station_id=station_id),
        "plan": await called(client, "plan_trip", to=station_id, minutes=10),
        "health": await called(client, "get_system_health"),
    }


@pytest.mark.parametrize("transport", [address_of, command_for])
def test_a_model_finds_its_way(
    service: httpx.Client, transport: Callable[[httpx.Client], str | StdioServerParameters]
) -> None:
    answers = over(transport(service), whole_walk)
    asked = answers["asked"]
    assert answers["stations"] == 20
    assert answers["found"]["stations"][0]["station_id"] == asked["station_id"]
    now = service.get(f"/api/v1/realtime/stations/{asked['station_id']}").json()
    assert answers["station"]["station"]["bikes"] == now["bikes"]
    assert str(now["bikes"]) in answers["station"]["summary"]["en"]
    assert str(now["bikes"]) in answers["station"]["summary"]["ko"]
    assert all(station["bikes"] >= 1 for station in answers["near"]["stations"])
    forecast = service.get(f"/api/v1/predict/stations/{asked['station_id']}").json()
    assert [point["p_bike"] for point in answers["forecast"]["horizons"]] == [
        horizon["p_bike"] for horizon in forecast["horizons"]
    ]
    plan = service.get("/api/v1/predict/plan", params={"to": asked["station_id"], "minutes": 10}).json()
    assert (answers["plan"]["verdict"], answers["plan"]["summary"]) == (plan["verdict"], plan["why"])
    for name in ("found", "station", "near", "forecast", "plan", "health"):
        assert answers[name]["warning"] is None
        assert answers[name]["data_age_seconds"] == now["age"]


def test_unlimited_docks_are_no_number(
    settings: Settings, store: SnapshotStore, clock: StoppedClock, serve: Serve
) -> None:
    at, quay = clock.now(), Station("q", "Quay", bikes=3, docks=UNLIMITED_DOCKS, lat=37.5, lon=127.0)
    store.publish(Snapshot(System("city", "City", "Asia/Seoul"), window_of(at), at, (quay,)))
    service = serve(create_app(settings, clock=clock))

    async def talk(client: Client) -> list[dict[str, Any]]:
        near = {"lat": 37.5, "lon": 127.0, "want": "dock"}
        return [
            await called(client, "get_station", station_id="q"),
            await called(client, "get_nearby_availability", **near),
        ]

    now, near = over(address_of(service), talk)
    assert now["summary"]["en"] == "Quay: 3 bikes, any number of free docks now."
    assert now["station"]["unlimited"] is True
    assert near["summary"]["en"] == "Free docks now: Quay any number."
    assert "9999" not in f"{now['summary']}{near['summary']}"


def test_old_data_are_said_first(
    service: httpx.Client, clock: StoppedClock, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    clock.at += timedelta(minutes=31)
    eventually(lambda: service.get("/api/v1/realtime/stations").json()["age"] >= 31 * 60)  # ages lag by ten seconds

    async def talk(client: Client) -> list[dict[str, Any]]:
        found = await called(client, "find_stations", query="1")
        station_id = found["stations"][0]["station_id"]
        return [
            found,
            await called(client, "get_station", station_id=station_id),
            await called(client, "get_system_health"),
        ]

    for answer in over(address_of(service), talk):
        assert next(iter(answer)) == "warning"
        assert "31 minutes old" in answer["warning"]["en"]
        assert "31분" in answer["warning"]["ko"]
        assert answer["data_age_seconds"] >= 31 * 60


def test_failures_say_what_to_do_instead(service: httpx.Client) -> None:
    async def talk(client: Client) -> list[str]:
        return [
            await refused(client, "get_station", station_id="no-such-station"),
            await refused(client, "find_stations", query="xyzzyqqq"),
            await refused(client, "plan_trip", to="no-such-station"),
            await refused(client, "ask_help", question="how much is a day pass?"),
        ]

    missing, unlike, nowhere, unavailable = over(address_of(service), talk)
    assert "find_stations" in missing
    assert "get_nearby_availability" in unlike
    assert "find_stations" in nowhere
    assert "get_system_health" in unavailable


def test_arguments_are_checked(service: httpx.Client) -> None:
    async def talk(client: Client) -> str:
        return await refused(client, "get_nearby_availability", lat=200, lon=0)

    assert "lat" in over(address_of(service), talk)


def test_without_a_service_the_command_says_so() -> None:
    target = StdioServerParameters(
        command=sys.executable, args=["-m", "pedalcast", "mcp", "--url", "http://127.0.0.1:1"]
    )

    async def talk(client: Client) -> str:
        return await refused(client, "get_system_health")

    assert "does not answer" in over(target, talk)
