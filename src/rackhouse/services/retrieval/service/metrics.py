"""Counts of searches and of what is put in, in Prometheus' text form. No name of a tenant or a
collection is a label.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rackhouse.services.retrieval.model.collection import State
from rackhouse.services.retrieval.model.nearness import Index, Standing
from rackhouse.services.retrieval.service.work import Work

_NAME: Final = "rackhouse_retrieval_"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.06, 0.1, 0.25, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How things are: `jobs` that have not ended, `collections` and `passages` in memory, `indexes`
    of large collections, and whether `postgres` is there.
    """

    jobs: Mapping[State, int]
    collections: int
    passages: int
    indexes: Sequence[Index]
    postgres: bool


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

    def text(self, work: Work, now: Now) -> str:
        """All of it."""
        return "\n".join([*self._lines(), *_worked(work), *_told(now), ""])

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


def _worked(work: Work) -> Iterator[str]:
    outcomes = {it: work.documents[it] for it in ("read", "refused")}
    ends = {it: work.jobs[it] for it in (State.DONE, State.FAILED)}
    yield from _each(
        "ingest_documents_total", "Documents, by outcome.", "outcome", outcomes.items()
    )
    yield from _one("ingest_passages_total", "Passages that they were cut into.", work.passages)
    yield from _one("ingest_texts_total", "Texts that were embedded.", work.embedded)
    yield from _each("ingest_jobs_total", "Jobs that ended here.", "state", ends.items())
    yield from _each("ingest_seconds_total", "How long it took.", "step", work.seconds.items())


def _told(now: Now) -> Iterator[str]:
    open_ = {it: now.jobs.get(it, 0) for it in (State.WAITING, State.RUNNING)}
    states = Counter(each.state for each in now.indexes)
    recalls = [each.recall for each in now.indexes if each.recall is not None]
    yield from _each("jobs", "Jobs that have not ended.", "state", open_.items())
    yield from _one("held_collections", "Collections in memory.", now.collections)
    yield from _one("held_passages", "Passages in memory.", now.passages)
    yield from _each(
        "indexes",
        "Large collections, by their index.",
        "state",
        ((it, states[it]) for it in Standing),
    )
    if recalls:
        about = "The share of the nearest that the worst index finds."
        yield from _one("index_recall_lowest", about, min(recalls))
    about = "Whether PostgreSQL answered when it was looked at last."
    yield from _one("postgres_up", about, now.postgres)


def _one(name: str, about: str, value: float) -> Iterator[str]:
    yield from _head(name, about)
    yield f"{_NAME}{name} {value:.10g}"


def _each(name: str, about: str, label: str, values: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield from _head(name, about)
    for of, value in values:
        yield f'{_NAME}{name}{{{label}="{of}"}} {value:.10g}'


def _head(name: str, about: str) -> Iterator[str]:
    yield f"# HELP {_NAME}{name} {about}"
    yield f"# TYPE {_NAME}{name} {'counter' if name.endswith('_total') else 'gauge'}"
