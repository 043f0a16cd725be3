"""Whose history a store holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson


@dataclass(frozen=True, slots=True)
class SystemRecord:
    """A bike-share system: `timezone` is an IANA name, `country` an ISO 3166 alpha-2 code or None."""

    id: str
    name: str
    timezone: str = "UTC"
    country: str | None = None

    def to_json(self) -> bytes:
        """As it lies in the store."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def from_json(cls, data: bytes) -> SystemRecord:
        """Read back what `to_json` wrote; raises `ValueError`, `TypeError` on anything else."""
        raw = orjson.loads(data)
        if not all(isinstance(value, str) for name, value in raw.items() if name != "country" or value is not None):
            raise TypeError("a system record holds text only")
        return cls(**raw)
