"""What `/api/v1/page` says."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class BaseMap(BaseModel):
    """The tiles under the stations."""

    kind: Literal["raster", "pmtiles"]
    url: str = Field(description="a template with {z}, {x} and {y}, or the address of a PMTiles archive")
    attribution: str = Field(description="whom the map names as the tiles' source")


class PageSettings(BaseModel):
    """What the operator has set for the page."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "base_map": {
                    "kind": "raster",
                    "url": "https://tiles.example.org/{z}/{x}/{y}.png",
                    "attribution": "OpenStreetMap contributors",
                },
                "google_sign_in": False,
            }
        }
    )

    base_map: BaseMap | None = Field(description="null: the outlines that the page brings along")
    google_sign_in: bool = Field(description="whether people can sign in with Google")
