"""Queries with their verses: topics of the public set, and natural questions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
TOPICS = HERE / "topics.jsonl"
OPEN = HERE / "questions_open.jsonl"
CLOSED = HERE / "questions_closed.jsonl"
FRESH = HERE / "questions_fresh.jsonl"  # as others would ask; half of it no rule was made of
ABSTAIN = HERE / "questions_abstain.jsonl"  # for saying "not found"; see README
SETS = {"topics": TOPICS, "open": OPEN, "closed": CLOSED}

_BEST, _GOOD = 3, 2  # grades: it answers directly, or well in its context
LOOKED_UP = "direct"  # a kind: it says a reference, which is looked up and not ranked


@dataclass(frozen=True)
class Query:
    """`grades` by verse; empty where nothing answers. Those of a topic are all alike."""

    text: str
    kind: str
    grades: Mapping[int, int]

    @cached_property
    def gains(self) -> dict[int, float]:
        """2^grade - 1 for graded verses; 1 for those of a topic."""
        return {verse: 2.0**grade - 1 for verse, grade in self.grades.items()}

    @cached_property
    def best(self) -> frozenset[int]:
        """What answers directly; all of a topic."""
        return self._from(_BEST)

    @cached_property
    def good(self) -> frozenset[int]:
        """What answers, directly or in its context; all of a topic."""
        return self._from(_GOOD)

    def _from(self, grade: int) -> frozenset[int]:
        least = min(grade, max(self.grades.values(), default=grade))
        return frozenset(verse for verse, its in self.grades.items() if its >= least)


def read(file: Path) -> list[Query]:
    """Of a file in either form: `verse_ids` of a topic, or `grades` of a question."""
    return [_query(json.loads(line)) for line in file.read_text("utf-8").splitlines() if line]


def _query(told: dict[str, object]) -> Query:
    grades, verses = told.get("grades"), told.get("verse_ids")
    if isinstance(grades, dict):
        known = {int(verse): int(grade) for verse, grade in grades.items()}
    elif isinstance(verses, list):
        known = {int(verse): 1 for verse in verses}
    else:
        raise ValueError(f"{told}: a query has `grades` or `verse_ids`")
    return Query(text=str(told["query"]), kind=str(told.get("kind", "")), grades=known)


def ranked(some: list[Query]) -> list[Query]:
    """Those that say what the ranking is worth: something answers them, and no reference does."""
    return [each for each in some if each.grades and each.kind != LOOKED_UP]
