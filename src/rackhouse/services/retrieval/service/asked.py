"""What is asked of search, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.filters import Filter
from rackhouse.services.retrieval.model.passage import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`owner` is the person that it is asked for, whose documents are searched too."""

    tenant: str
    collections: Sequence[str]
    query: str
    limit: int = 10
    conditions: Filter = field(default_factory=dict)
    owner: str | None = None
    rerank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage, and why: what each signal says of it, and which words of it the query has."""

    collection: str
    passage: Passage
    title: str
    score: float
    signals: Mapping[str, float]
    terms: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`references` are those that the query says; `degraded` tells what did not take part;
    `corrected` is what was searched where words of the query were mended.
    """

    hits: Sequence[Hit]
    references: Sequence[Reference]
    degraded: Sequence[str]
    corrected: str | None = None
