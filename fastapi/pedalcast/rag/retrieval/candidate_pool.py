"""Both legs side by side, merged: a leg that fails or is slow is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as SlowError
from dataclasses import dataclass, field
from time import perf_counter

import httpx
from llama_index.core.schema import NodeWithScore
from qdrant_client.http.exceptions import ApiException

from pedalcast.rag.retrieval.candidates import chunk_of

SearchLeg = Callable[[], list[NodeWithScore]]
SEARCH_FAULTS = (
    OSError,
    RuntimeError,
    ValueError,
    httpx.HTTPError,
    ApiException,
)  # what a store or a model's client raises


@dataclass(slots=True)
class CandidatePool:
    """The merged candidates by uid, each leg's scores, seconds by leg, and what went wrong."""

    nodes: dict[str, NodeWithScore] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def gather_candidates(legs: Mapping[str, SearchLeg], workers: ThreadPoolExecutor, timeout: float) -> CandidatePool:
    """Run all legs at once and merge what they find, each waited for at most `timeout` seconds from the start."""
    pool, began = CandidatePool(), perf_counter()
    running = {name: workers.submit(_timed, leg) for name, leg in legs.items()}
    for name, future in running.items():
        _take(name, future, pool, max(0.0, timeout - (perf_counter() - began)))
    return pool


def _timed(leg: SearchLeg) -> tuple[list[NodeWithScore], float]:
    began = perf_counter()
    return leg(), perf_counter() - began


def _take(name: str, future: Future[tuple[list[NodeWithScore], float]], pool: CandidatePool, left: float) -> None:
    try:
        nodes, pool.timings[name] = future.result(left)
    except SlowError:
        future.cancel()
        pool.notes.append(f"{name}: no answer in time, left out")
    except SEARCH_FAULTS as fault:
        pool.notes.append(f"{name}: {type(fault).__name__}, left out")
    else:
        pool.scores[name] = {node.node.node_id: node.score or 0.0 for node in nodes}
        for node in nodes:
            pool.nodes.setdefault(chunk_of(node).uid, node)
