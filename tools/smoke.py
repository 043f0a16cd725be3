"""Whether a deployed service works: it is ready, gives a station's forecast, and answers a question from a source.

python -m tools.smoke https://bikes.example.org
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

QUESTION = "Do I have to wear a helmet?"
TIMEOUT_S = 30.0
PAUSE_S = 2.0


class SmokeError(Exception):
    """What does not work, in one line."""


def main() -> None:
    """Check, trying again until it works or the patience is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds in which it must come to work")
    options = parser.parse_args()
    try:
        print(check_until(options.url, options.patience))
    except SmokeError as error:
        sys.exit(f"smoke test failed: {error}")


def check_until(url: str, patience_s: float) -> str:
    """`check`, again until it passes; its last error when `patience_s` are over."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return check(url)
        except SmokeError:
            if time.monotonic() >= until:
                raise
            time.sleep(PAUSE_S)


def check(url: str) -> str:
    """Ask once for all three; what was found. Raises `SmokeError`."""
    ready = _json(f"{url}/ready")
    if not ready["ready"]:
        raise SmokeError(f"not ready: {ready['checks']}")
    stations = _json(f"{url}/api/v1/predict/stations")["stations"]
    if not stations:
        raise SmokeError("there is no forecast")
    station = next(iter(stations.values() if isinstance(stations, dict) else stations))
    answer = _json(f"{url}/api/v1/chat", {"question": QUESTION})
    if not answer["success"] or not answer["sources"]:
        raise SmokeError(f"the chat gave no source: {answer['answer']!r}")
    return f"ready, {len(stations)} forecasts by {station['model']}, an answer with {len(answer['sources'])} sources"


def _json(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 (the operator's own)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SmokeError(f"{url}: {error.code} {error.read(300).decode(errors='replace')}") from error
    except (OSError, ValueError) as error:
        raise SmokeError(f"{url}: {error}") from error


if __name__ == "__main__":
    main()
