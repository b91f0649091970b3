"""Counts of searches, in Prometheus' text form. No name of a tenant or a collection is a label."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

_NAME: Final = "rackhouse_retrieval_"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.06, 0.1, 0.25, 1.0, 2.5, 10.0)


class Metrics:
    """`found` is called for each search."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_SECONDS) + 1)
        self._total = 0.0
        self._degraded: Counter[str] = Counter()

    def found(self, seconds: float, degraded: tuple[str, ...]) -> None:
        """How long it took, and what did not take part: `meaning: ...` counts as `meaning`."""
        self._counts[bisect_left(_SECONDS, seconds)] += 1
        self._total += seconds
        self._degraded.update({each.partition(":")[0] for each in degraded})

    def text(self, **gauges: float) -> str:
        """All of it, and how things are now."""
        return "\n".join([*self._lines(), *_gauges(gauges), ""])

    def _lines(self) -> Iterator[str]:
        name = f"{_NAME}search_seconds"
        yield f"# HELP {name} From the request to the answer."
        yield f"# TYPE {name} histogram"
        so_far = 0
        for bound, count in zip((*_SECONDS, float("inf")), self._counts, strict=True):
            so_far += count
            most = "+Inf" if bound == float("inf") else f"{bound:g}"
            yield f'{name}_bucket{{le="{most}"}} {so_far}'
        yield f"{name}_sum {self._total:.6f}"
        yield f"{name}_count {so_far}"
        name = f"{_NAME}searches_degraded_total"
        yield f"# HELP {name} Searches that a signal took no part in."
        yield f"# TYPE {name} counter"
        for signal in ("lookup", "meaning", "rerank"):
            yield f'{name}{{signal="{signal}"}} {self._degraded[signal]}'


_ABOUT: Final = {
    "held_collections": "Collections in memory.",
    "held_passages": "Passages in memory.",
    "postgres_up": "Whether PostgreSQL answered when it was looked at last.",
}


def _gauges(gauges: dict[str, float]) -> Iterator[str]:
    for name, value in gauges.items():
        yield f"# HELP {_NAME}{name} {_ABOUT[name]}"
        yield f"# TYPE {_NAME}{name} gauge"
        yield f"{_NAME}{name} {value:g}"
