"""What is watched while the faults go on: how old the forecasts are, how much memory the replicas take."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import httpx

from bench.soak.processes import Processes, ReplicaProcess
from bench.soak.shared_clock import SharedClock

EVERY_S = 0.5
MEMORY_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class AgeReading:
    """`at`: seconds since the soak began. `age`: seconds (the machine's) of the forecasts that the replica serves,
    None when it does not answer."""

    at: float
    replica: str
    age: float | None


@dataclass(frozen=True, slots=True)
class MemoryReading:
    """Resident megabytes of a replica's process, `lived` seconds after that process began."""

    at: float
    replica: str
    pid: int
    lived: float
    megabytes: float


class Watch:
    """Reads ages and memory in a thread until closed."""

    def __init__(self, processes: Processes, clock: SharedClock, began: float) -> None:
        self.ages: list[AgeReading] = []
        self.memory: list[MemoryReading] = []
        self._processes = processes
        self._clock = clock
        self._began = began
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._read_ages, args=(replica,), name=f"ages-{replica.name}", daemon=True)
            for replica in processes.replicas
        ]
        self._threads.append(threading.Thread(target=self._read_memory, name="memory", daemon=True))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._stop.set()
        for thread in self._threads:
            thread.join(15)

    def _read_ages(self, replica: ReplicaProcess) -> None:
        with httpx.Client(base_url=replica.url, timeout=3.0) as client:
            while not self._stop.wait(EVERY_S):
                age = self._age(client)
                self.ages.append(AgeReading(time.monotonic() - self._began, replica.name, age))

    def _age(self, client: httpx.Client) -> float | None:
        with suppress(httpx.HTTPError, KeyError, ValueError):
            body = client.get("/api/v1/predict/stations").json()
            made_at = datetime.fromisoformat(body["made_at"])
            return (self._clock.now() - made_at).total_seconds() / self._clock.speed
        return None

    def _read_memory(self) -> None:
        while not self._stop.wait(MEMORY_EVERY_S):
            now = time.monotonic()
            for replica in self._processes.replicas:
                megabytes = replica.resident_mb()
                if megabytes is not None:
                    lived = now - replica.since
                    pid = replica.process.pid
                    self.memory.append(MemoryReading(now - self._began, replica.name, pid, lived, megabytes))
