"""What is counted of quality, by day. All of it adds up; nothing says what was said, or by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Cell(NamedTuple):
    """Whose answers: to whom a name led, and the model that it had then."""

    name: str
    kind: str
    upstream: str
    model: str


class Answers(NamedTuple):
    """`judged` of those `asked` have verdicts, whose scores sum up to `good`; `nanos` of money."""

    asked: float = 0.0
    judged: float = 0.0
    good: float = 0.0
    nanos: float = 0.0


class Pair(NamedTuple):
    """A local and an outside upstream that answered the same requests."""

    name: str
    kind: str
    local: str
    outside: str


class Compared(NamedTuple):
    """Over `n` requests: scores and nanos of each way of choosing, and who was better how often."""

    n: float = 0.0
    local_good: float = 0.0
    local_nanos: float = 0.0
    outside_good: float = 0.0
    outside_nanos: float = 0.0
    router_good: float = 0.0
    router_nanos: float = 0.0
    oracle_good: float = 0.0
    oracle_nanos: float = 0.0
    local_better: float = 0.0
    outside_better: float = 0.0


# By the day, numbered from 1970 in UTC.
AnswersByDay = Mapping[tuple[int, Cell], Answers]
ComparedByDay = Mapping[tuple[int, Pair], Compared]
