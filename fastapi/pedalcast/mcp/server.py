"""The MCP server: its tools and its resource, over standard input or over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import ToolAnnotations
from pydantic import Field

from pedalcast.mcp import tools
from pedalcast.mcp.answers import (
    HelpAnswer,
    OneStation,
    Sentence,
    StationForecastAnswer,
    Stations,
    SystemHealth,
    TripPlan,
    age_warning,
)
from pedalcast.mcp.api_client import ApiClient

INSTRUCTIONS = """\
Bikes and free docks of one bike-share system, now and in the next hour, and answers about the service. Every answer
carries the age of its data; where `warning` is not null, say that first. A count that is null is unknown, not 0.
Probabilities are calibrated: give them as they are. 답은 한국어와 영어로 나옵니다.
"""
WantedOption = Annotated[Literal["bike", "dock"], Field(description="a bike to rent, or a free dock to return one to")]
AtLeast = Annotated[int, Field(ge=1, le=40, description="at least so many")]
StationIdOption = Annotated[str, Field(min_length=1, max_length=128, description="a station's id, from find_stations")]
ApiOf = Callable[[Context[Any]], ApiClient]
READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def build_server(api_of: ApiOf, public: ApiClient) -> MCPServer[Any]:
    """A server whose tools ask the API that `api_of` gives for a call; its resource is read as anybody, by `public`."""
    server: MCPServer[Any] = MCPServer(
        "pedalcast", title="Pedalcast", version=version("pedalcast"), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    _add_station_tools(server, api_of)
    _add_advice_tools(server, api_of)

    @server.resource("pedalcast://stations", name="stations", mime_type="application/json")
    async def stations() -> str:
        """Every station now: ids, names, positions, bikes, docks."""
        found = await public.get(tools.REALTIME)
        age = found["age"]
        listed = [tools.station_of(station) for station in found["stations"]]
        return Stations(
            warning=age_warning(age),
            summary=Sentence(en=f"{len(listed)} stations.", ko=f"대여소 {len(listed)}곳."),
            data_age_seconds=age,
            stations=listed,
        ).model_dump_json()

    return server


def _add_station_tools(server: MCPServer[Any], api_of: ApiOf) -> None:
    @server.tool(title="Find stations", annotations=READ_ONLY)
    async def find_stations(
        ctx: Context[Any],
        query: Annotated[str, Field(min_length=1, max_length=200, description="part of a name, a number or an id")],
        limit: Annotated[int, Field(ge=1, le=20)] = 5,
    ) -> Stations:
        """Stations by name, number or id, in Korean or English, with what is there now."""
        return await tools.find_stations(api_of(ctx), query, limit)

    @server.tool(title="A station now", annotations=READ_ONLY)
    async def get_station(ctx: Context[Any], station_id: StationIdOption) -> OneStation:
        """Bikes and free docks of one station now."""
        return await tools.get_station(api_of(ctx), station_id)

    @server.tool(title="What is near", annotations=READ_ONLY)
    async def get_nearby_availability(
        ctx: Context[Any],
        *,
        lat: Annotated[float, Field(ge=-90, le=90)],
        lon: Annotated[float, Field(ge=-180, le=180)],
        radius: Annotated[float, Field(gt=0, le=5_000, description="metres")] = 600,
        want: WantedOption = "bike",
        n: AtLeast = 1,
        limit: Annotated[int, Field(ge=1, le=20)] = 5,
    ) -> Stations:
        """Stations around a position that have what is wanted now, nearest first."""
        return await tools.get_nearby_availability(api_of(ctx), (lat, lon), radius, want=want, n=n, limit=limit)

    @server.tool(title="A station's forecast", annotations=READ_ONLY)
    async def forecast_station(ctx: Context[Any], station_id: StationIdOption) -> StationForecastAnswer:
        """Expected bikes and the chances of a bike and of a dock at one station, ten minutes ahead and further."""
        return await tools.forecast_station(api_of(ctx), station_id)


def _add_advice_tools(server: MCPServer[Any], api_of: ApiOf) -> None:
    @server.tool(title="Plan a trip", annotations=READ_ONLY)
    async def plan_trip(
        ctx: Context[Any],
        *,
        to: Annotated[str, Field(description="a station's id, or lat,lon")],
        start: Annotated[str | None, Field(description="lat,lon where one starts to walk")] = None,
        minutes: Annotated[float | None, Field(ge=0, le=60, description="until arrival; else from the walk")] = None,
        want: WantedOption = "bike",
        n: AtLeast = 1,
    ) -> TripPlan:
        """GO, WAIT or ELSEWHERE: will there be a bike (or a dock) when one arrives, and what to do if not."""
        return await tools.plan_trip(api_of(ctx), to, start=start, minutes=minutes, want=want, n=n)

    @server.tool(title="Ask the help", annotations=READ_ONLY)
    async def ask_help(
        ctx: Context[Any],
        question: Annotated[str, Field(min_length=1, max_length=2_000, description="in Korean or English")],
    ) -> HelpAnswer:
        """An answer about the service (prices, rules, faults), quoted from its help with citations."""
        return await tools.ask_help(api_of(ctx), question)

    @server.tool(title="System health", annotations=READ_ONLY)
    async def get_system_health(ctx: Context[Any]) -> SystemHealth:
        """Whether the service works, how old its data are, and what is wrong where something is."""
        return await tools.get_system_health(api_of(ctx))
