"""Station ids in paths. Some systems' ids hold slashes, which arrive decoded however they were sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from starlette.convertors import Convertor, register_url_convertor

StationId = Annotated[str, Path(examples=["ST-4"])]


class _Anything(Convertor[str]):
    """The rest of the path, at least a character of it: `{station_id:anything}`."""

    regex = ".+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())
