"""The nightly figures, kept line by line and compared with those of the nights before.

    python -m tools.bench_history bench/results.json bench-history.jsonl --commit 3f1c2d4

A time or size (`_ms`, `_s`, `_mb`) above the median of the last seven nights by more than the tolerance is worse, and
ends the command with 1 once three nights are known; machines of a cloud differ from night to night.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NIGHTS = 7  # that the median is taken over
FEWEST = 3
KEPT = 400  # lines
SMALLER_IS_BETTER = ("_ms", "_s", "_mb")
OTHERS = ("straight_", "floor_")  # what the figures are compared with: not this project's code


def main() -> None:
    """Compare, append, and fail where something became worse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("history", type=Path)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--tolerance", type=float, default=0.3, help="share above the median that is still noise")
    options = parser.parse_args()
    figures = json.loads(options.results.read_text(encoding="utf-8"))
    lines = options.history.read_text(encoding="utf-8").splitlines() if options.history.exists() else []
    nights = [json.loads(line) for line in lines]
    worse = slower(figures, [night["figures"] for night in nights], options.tolerance)
    nights.append({"commit": options.commit, "figures": figures})
    text = "".join(json.dumps(night) + "\n" for night in nights[-KEPT:])
    options.history.write_text(text, encoding="utf-8")
    print(f"{len(figures)} figures, compared with {min(len(nights) - 1, NIGHTS)} nights")
    for name, (now, before) in worse.items():
        print(f"worse: {name} {now:.4g}, median {before:.4g}")
    sys.exit(1 if worse else 0)


def slower(
    figures: Mapping[str, float], before: Sequence[Mapping[str, Any]], tolerance: float
) -> dict[str, tuple[float, float]]:
    """The figures that lie above the median of the last nights by more than `tolerance`, each with that median."""
    worse = {}
    for name, now in figures.items():
        known = [night[name] for night in before[-NIGHTS:] if name in night]
        if len(known) < FEWEST or not name.endswith(SMALLER_IS_BETTER) or name.startswith(OTHERS):
            continue
        median = statistics.median(known)
        if now > median * (1 + tolerance):
            worse[name] = (now, median)
    return worse


if __name__ == "__main__":
    main()
