"""Which stations lie in a box, and which are near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecaster.arrays import Bools, Doubles
from pedalcast.kit.errors import PedalcastError

StationIndices = npt.NDArray[np.intp]
EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Degrees; `west` above `east` crosses the antimeridian (RFC 7946, 5.2)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> BoundingBox:
        west, south, east, north = _numbers(text, 4, "bbox", "minLon,minLat,maxLon,maxLat")
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise PedalcastError(422, "invalid_bbox", "bbox: longitudes lie in ±180, latitudes in ±90, south first.")
        return cls(west, south, east, north)

    def holds(self, lat: Doubles, lon: Doubles) -> Bools:
        """bool[N]; a station without a position is in no box."""
        along = (lon >= self.west) & (lon <= self.east)
        if self.west > self.east:
            along = (lon >= self.west) | (lon <= self.east)
        return along & (lat >= self.south) & (lat <= self.north)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Degrees WGS 84."""

    lat: float
    lon: float

    @classmethod
    def parse(cls, text: str, name: str = "near") -> Coordinates:
        """Read `lat,lon`. Raises `PedalcastError`, which calls the parameter `name`."""
        lat, lon = _numbers(text, 2, name, "lat,lon")
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise PedalcastError(422, f"invalid_{name}", f"{name}: latitude lies in ±90, longitude in ±180.")
        return cls(lat, lon)

    def distances(self, lat: Doubles, lon: Doubles) -> Doubles:
        """Metres on the sphere (haversine), NaN for a station without a position."""
        phi, other = np.radians(self.lat), np.radians(lat)
        half = np.sin((other - phi) / 2) ** 2
        half = half + np.cos(phi) * np.cos(other) * np.sin(np.radians(lon - self.lon) / 2) ** 2
        return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))), np.float64)


@dataclass(frozen=True, slots=True)
class NearestStations:
    """The nearest to a point: those within `radius` metres, at most `limit`."""

    point: Coordinates
    radius: float | None = None
    limit: int = 20

    def choose(self, distances: Doubles, among: StationIndices) -> StationIndices:
        """The indices of `among`, nearest first; a station without a position is near nothing."""
        order = among[np.argsort(distances[among], kind="stable")]
        reach = np.inf if self.radius is None else self.radius
        return order[distances[order] <= reach][: self.limit]


def _numbers(text: str, count: int, name: str, form: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not np.all(np.isfinite(numbers)):
        raise PedalcastError(422, f"invalid_{name}", f"{name}: {count} numbers are needed, {form}.")
    return numbers
