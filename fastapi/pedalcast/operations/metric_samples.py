"""This process's metrics as plain numbers, for those who have no Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite

from prometheus_client import CollectorRegistry

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MetricSamples:
    """The samples of one moment by name; each by its labels."""

    samples: Mapping[str, Mapping[Labels, float]]

    @classmethod
    def of(cls, registry: CollectorRegistry) -> MetricSamples:
        """All samples of a registry."""
        samples: dict[str, dict[Labels, float]] = {}
        for family in registry.collect():
            for sample in family.samples:
                samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
        return cls(samples)

    def value(self, name: str, **labels: str) -> float | None:
        """One sample; None where there is none, or it is no number."""
        value = self.samples.get(name, {}).get(tuple(sorted(labels.items())))
        return value if value is not None and isfinite(value) else None

    def by_label(self, name: str, label: str, **fixed: str) -> dict[str, float]:
        """The finite samples that have `fixed` among their labels, by another label."""
        return {
            dict(labels)[label]: value
            for labels, value in self.samples.get(name, {}).items()
            if label in dict(labels) and fixed.items() <= dict(labels).items() and isfinite(value)
        }

    def counts(self, name: str, label: str, **fixed: str) -> dict[str, int]:
        """The same as whole numbers, without zeros."""
        return {key: int(value) for key, value in self.by_label(name, label, **fixed).items() if value}

    def quantile(self, histogram: str, share: float, **fixed: str) -> float | None:
        """The upper end of the bucket that holds a share of a histogram's observations; None beyond the last."""
        buckets = sorted(
            (float(edge), count) for edge, count in self.by_label(f"{histogram}_bucket", "le", **fixed).items()
        )
        if not buckets or not buckets[-1][1]:
            return None
        edge = next(edge for edge, count in buckets if count >= share * buckets[-1][1])
        return None if edge == inf else edge
