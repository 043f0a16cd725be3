"""Which system each feed's address led to, in a file of the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from collector.snapshot import System
from collector.storage.system_memory import address_digest, read_system_record, system_record
from pedalcast.embedded.data_folder import write_private


class KnownSystems:
    """The collector's `SystemMemory` for the embedded run, which chooses its folder before Redis is there.

    A file that cannot be read is as good as none.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / "systems.json"

    def recall(self, address: str) -> System | None:
        """The system that the address led to the last time, None where that is not known."""
        records = self._records()
        record = records.get(address_digest(address))
        if record is not None:
            return read_system_record(orjson.dumps(record))
        folder = records.get(address)  # files written before 1.0 hold the folder's name by the address itself
        return System(folder, folder, "UTC") if isinstance(folder, str) and folder else None

    def remember(self, address: str, system: System) -> None:
        """Keep the system for this address; a record under the address itself goes, as it may hold a key."""
        records = {name: record for name, record in self._records().items() if name != address}
        fresh = records | {address_digest(address): orjson.loads(system_record(system))}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_private(self._path, orjson.dumps(fresh))

    def _records(self) -> dict[str, Any]:
        try:
            records = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return records if isinstance(records, dict) else {}
