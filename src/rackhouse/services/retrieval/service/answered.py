"""What collections that are held answer. In a thread: it takes milliseconds each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.ranking.search import Query, compared, search
from rackhouse.services.retrieval.service.asked import Asked, Hit
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.service.shelf import Copy

RERANKED: Final = 50  # passages that a reranker reads


@dataclass(frozen=True, slots=True)
class Meanings:
    """The vectors of a query, and of those of its words that the collection has not."""

    whole: Vector | None = None
    words: Mapping[str, Vector] = field(default_factory=dict)

    def fits(self, copy: Copy) -> bool:
        """Whether they can be compared: a gateway may give another model the same name."""
        one = copy.large or copy.held.dense
        return self.whole is None or one is None or one.dimension == self.whole.size


@dataclass(frozen=True, slots=True)
class Meant:
    """What a query is in one collection."""

    text: str
    vectors: Meanings
    references: Sequence[Reference]


@dataclass(frozen=True, slots=True)
class Job:
    """One collection is asked."""

    copy: Copy
    asked: Asked
    meant: Meant


def answered(jobs: Sequence[Job]) -> Iterator[list[Hit]]:
    """The best of each. What is asked of the same collection is compared together."""
    queries = [asked_of(each) for each in jobs]
    alike: dict[int, list[int]] = defaultdict(list)
    for at, (job, query) in enumerate(zip(jobs, queries, strict=True)):
        if query.vector is not None:
            alike[id(job.copy)].append(at)
    for places in alike.values():
        vectors = [it for at in places if (it := queries[at].vector) is not None]
        found = compared(jobs[places[0]].copy.held, vectors)
        for at, meaning in zip(places, found, strict=True):
            queries[at] = replace(queries[at], meaning=meaning)
    for job, query in zip(jobs, queries, strict=True):
        yield ranked(job.copy, query)


def asked_of(job: Job) -> Query:
    """What a collection is asked."""
    copy, asked, meant = job.copy, job.asked, job.meant
    allowed = copy.columns.allowed(asked.conditions, asked.owner)
    rows = copy.numbers.rows(meant.references)
    return Query(
        text=meant.text,
        vector=meant.vectors.whole,
        strange=meant.vectors.words,
        limit=max(asked.limit, RERANKED) if asked.rerank else asked.limit,
        allowed=allowed,
        looked_up=rows if allowed is None else [row for row in rows if allowed[row]],
    )


def ranked(copy: Copy, query: Query) -> list[Hit]:
    """The best of it."""
    return [
        Hit(
            collection=copy.collection.name,
            passage=(passage := copy.passages[each.row]),
            title=copy.titles.get(passage.document, ""),
            score=each.score,
            signals=each.signals,
            terms=each.terms,
        )
        for each in search(copy.held, query)
    ]
