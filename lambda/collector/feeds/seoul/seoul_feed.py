"""Seoul's public bikes (따릉이, Ttareungyi): the open data service `bikeList`, a thousand rows a call.

The service says neither the total number of stations nor when it observed them: pages are asked for until a short one,
and the poll's time stands for the observation's. The key is part of the path.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from collector.errors import FeedError
from collector.feeds.config import SEOUL_BASE_URL
from collector.feeds.seoul.seoul_rows import read_page, read_rows
from collector.feeds.station_positions import plausible_positions
from collector.snapshot import Snapshot, System, window_of
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import Deadline
from collector.transport.fetcher import BUDGET, Fetcher
from collector.transport.urls import checked_url

SYSTEM = System(id="seoul-ttareungyi", name="따릉이 (Ttareungyi)", timezone="Asia/Seoul", language="ko")
_PAGE = 1000
_MAX_PAGES = 30
_SAMPLE_ROWS = 5  # all that the public key "sample" may ask for


class SeoulFeed:
    """The live feed. `timeout` bounds one call, `budget` a whole poll with its retries (seconds).

    snapshot = SeoulFeed("sample").fetch(datetime.now(UTC))
    snapshot.stations[0].name
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str = SEOUL_BASE_URL,
        timeout: float = 10.0,
        budget: float = BUDGET,
        backoff: float = 0.5,
    ) -> None:
        self.system = SYSTEM
        self._key = quote(key.strip(), safe="")
        address = checked_url(base_url, "SEOUL_BASE_URL")
        self._base_url = str(address).rstrip("/")
        self._rows = _SAMPLE_ROWS if key.strip() == "sample" else _PAGE
        self._pages = 1 if key.strip() == "sample" else _MAX_PAGES
        self._budget = budget
        secrets = () if key.strip() == "sample" else (self._key, key.strip())
        self._fetcher = Fetcher(AddressPolicy(address.host), timeout=timeout, backoff=backoff, secrets=secrets)

    def fetch(self, at: datetime) -> Snapshot:
        """All pages as one snapshot; partial when one failed. `FeedError` when nothing came."""
        deadline = Deadline(self._budget)
        rows, failure = _walk(lambda number: self._page(number, deadline), self._pages, self._rows)
        stations, faults = read_rows(rows)
        stations, misplaced = plausible_positions(stations, SYSTEM.timezone)
        if not stations:
            raise failure or _nothing(len(rows), faults)
        if failure is not None:
            faults[f"page_failed:{failure.reason}"] += 1
        partial = failure is not None or any(station.docks is None for station in stations)
        return Snapshot(SYSTEM, window_of(at), at, tuple(stations), partial, dict(faults + misplaced))

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def _page(self, number: int, deadline: Deadline) -> list[Any]:
        start = number * self._rows + 1
        url = f"{self._base_url}/{self._key}/json/bikeList/{start}/{start + self._rows - 1}/"
        return self._fetcher.get(url, read_page, deadline)


def _walk(page: Callable[[int], list[Any]], pages: int, full: int) -> tuple[list[Any], FeedError | None]:
    """All rows up to the first short page, and the first failure on the way.

    A page that failed is passed over once: behind it there may be others. Two in a row, or a refusal, end the walk.
    """
    rows: list[Any] = []
    failure: FeedError | None = None
    failed_last = False
    for number in range(pages):
        try:
            rows_of_page = page(number)
        except FeedError as error:
            failure = failure or error
            if failed_last or not error.transient:
                break
            failed_last = True
            continue
        failed_last = False
        rows += rows_of_page
        if len(rows_of_page) < full:
            break
    return rows, failure


def _nothing(rows: int, rejected: dict[str, int]) -> FeedError:
    if rows == 0:
        return FeedError("empty", "bikeList answered with no stations at all")
    return FeedError("no_usable_rows", f"none of {rows} rows could be read: {dict(rejected)}")
