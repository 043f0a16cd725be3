"""A server that behaves as Seoul's open data API does: pages of at most 1000 rows, and every refusal with HTTP 200."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.collector.local_server import LocalServer, Request

KEY = "s3cr3t/Key+0123456789abcdef"
XML_REFUSAL = "<RESULT><CODE>INFO-100</CODE><MESSAGE>인증키가 유효하지 않습니다.</MESSAGE></RESULT>".encode()
HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Service Temporarily Unavailable</body></html>"


def rows(number: int) -> list[dict[str, str]]:
    """Rows of the captured shape, every value a string; some stations hold more bikes than racks, some have none."""
    return [
        {
            "rackTotCnt": str(i % 31),
            "stationName": f"{100 + i}. 망원역 {i % 9 + 1}번출구 앞",
            "parkingBikeTotCnt": str(i * 7 % 37),
            "shared": str(i % 140),
            "stationLatitude": f"{37.45 + i % 100 / 400:.8f}",
            "stationLongitude": f"{126.80 + i // 100 / 100:.8f}",
            "stationId": f"ST-{i + 4}",
        }
        for i in range(number)
    ]


class SeoulServer:
    """The service with so many stations. `faults[start]` lists what the next requests for the page that begins at
    `start` meet instead of rows; the last of them stays when `lasting`."""

    def __init__(self, stations: int = 2740) -> None:
        self.rows = rows(stations)
        self.faults: defaultdict[int, list[str]] = defaultdict(list)
        self.lasting = False
        self.http: LocalServer

    @property
    def url(self) -> str:
        return self.http.url

    def answer(self, request: Request) -> None:
        _, key, kind, service, start, end, *_ = request.path.split("/")
        if key not in (quote(KEY, safe=""), "sample"):
            request.reply(XML_REFUSAL, kind="text/xml;charset=UTF-8")
        elif (kind, service) != ("json", "bikeList"):
            request.reply(_result("ERROR-310", "해당하는 서비스를 찾을 수 없습니다."))
        elif fault := self._fault(int(start)):
            self._misbehave(request, fault)
        else:
            request.reply(self._page(key, int(start), int(end)))

    def _page(self, key: str, start: int, end: int) -> bytes:
        if key == "sample" and end > 5:
            return _result("ERROR-335", "샘플데이터(샘플키:sample) 는 한번에 최대 5건을 넘을 수 없습니다.")
        if end - start >= 1000:
            return _result("ERROR-336", "데이터요청은 한번에 최대 1000건을 넘을 수 없습니다.")
        page = self.rows[start - 1 : end]
        return page_of(page) if page else _result("INFO-200", "해당하는 데이터가 없습니다.")

    def _fault(self, start: int) -> str | None:
        waiting = self.faults[start]
        if not waiting:
            return None
        return waiting[0] if self.lasting and len(waiting) == 1 else waiting.pop(0)

    def _misbehave(self, request: Request, fault: str) -> None:
        if fault == "slow":
            request.stall()
        elif fault == "drip":
            request.drip(page_of(self.rows[:1000]))
        elif fault == "xml":
            request.reply(XML_REFUSAL, kind="text/xml;charset=UTF-8")
        elif fault == "html":
            request.reply(HTML, kind="text/html")
        elif fault == "503":
            request.reply(b"", status=503)
        elif fault == "cut":
            request.reply(page_of(self.rows[:1000])[:5000])
        elif fault == "renamed":
            request.reply(page_of([{"id": row["stationId"], "bikes": "1"} for row in self.rows[:1000]]))
        elif fault == "empty":
            request.reply(page_of([]))
        elif fault == "echo":
            request.reply(_result("ERROR-300", f"필수 값이 누락되어 있습니다: {KEY} in {request.path}"))
        else:
            request.reply(_result(fault, "서버 오류입니다."))


@contextmanager
def seoul_server(stations: int = 2740) -> Iterator[SeoulServer]:
    """The server, running."""
    server = SeoulServer(stations)
    with LocalServer(server.answer) as http:
        server.http = http
        yield server


def page_of(page: list[dict[str, str]]) -> bytes:
    """A page as the service sends it: `list_total_count` counts this page alone."""
    result = {"CODE": "INFO-000", "MESSAGE": "정상 처리되었습니다."}
    body = {"rentBikeStatus": {"list_total_count": len(page), "RESULT": result, "row": page}}
    return json.dumps(body, ensure_ascii=False).encode()


def _result(code: str, message: str) -> bytes:
    return json.dumps({"RESULT": {"CODE": code, "MESSAGE": message}}, ensure_ascii=False).encode()


def captured(shared_data: Path, name: str) -> bytes:
    """A response of the real service, as captured."""
    return (shared_data / "feeds" / "seoul_ttareungyi" / name).read_bytes()
