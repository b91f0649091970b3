"""What is known of quality, in PostgreSQL: sums by day, to which every replica adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, LiteralString

import msgspec

from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.model.seen import (
    Answers,
    AnswersByDay,
    Cell,
    Compared,
    ComparedByDay,
    Pair,
)

_FIRST = date(1970, 1, 1)

_ANSWERS = """
SELECT day, name, kind, upstream, model, asked, judged, good, nanos
FROM quality_answers WHERE day >= %s
"""
_COMPARED = """
SELECT day, name, kind, "local", outside, n, local_good, local_nanos, outside_good, outside_nanos,
    router_good, router_nanos, oracle_good, oracle_nanos, local_better, outside_better
FROM quality_compared WHERE day >= %s
"""
# Both in one order: two replicas that add to the same rows do not wait for each other in a circle.
_ADD_ANSWERS = """
INSERT INTO quality_answers AS mine
SELECT its.* FROM jsonb_populate_recordset(null::quality_answers, %s::jsonb) its
ORDER BY day, name, kind, upstream, model
ON CONFLICT (day, name, kind, upstream, model) DO UPDATE SET
    asked = mine.asked + excluded.asked,
    judged = mine.judged + excluded.judged,
    good = mine.good + excluded.good,
    nanos = mine.nanos + excluded.nanos
"""
_ADD_COMPARED = """
INSERT INTO quality_compared AS mine
SELECT its.* FROM jsonb_populate_recordset(null::quality_compared, %s::jsonb) its
ORDER BY day, name, kind, "local", outside
ON CONFLICT (day, name, kind, "local", outside) DO UPDATE SET
    n = mine.n + excluded.n,
    local_good = mine.local_good + excluded.local_good,
    local_nanos = mine.local_nanos + excluded.local_nanos,
    outside_good = mine.outside_good + excluded.outside_good,
    outside_nanos = mine.outside_nanos + excluded.outside_nanos,
    router_good = mine.router_good + excluded.router_good,
    router_nanos = mine.router_nanos + excluded.router_nanos,
    oracle_good = mine.oracle_good + excluded.oracle_good,
    oracle_nanos = mine.oracle_nanos + excluded.oracle_nanos,
    local_better = mine.local_better + excluded.local_better,
    outside_better = mine.outside_better + excluded.outside_better
"""
_FORGET_ANSWERS = "DELETE FROM quality_answers WHERE day < %s"
_FORGET_COMPARED = "DELETE FROM quality_compared WHERE day < %s"


class Quality:
    """As `service.quality.evidence.Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, since: int) -> tuple[AnswersByDay, ComparedByDay]:
        """The sums of all replicas from that day on; older ones are forgotten."""
        first = _day(since)
        await self._database.rows(_FORGET_ANSWERS, (first,))
        await self._database.rows(_FORGET_COMPARED, (first,))
        answers = await self._database.rows(_ANSWERS, (first,))
        compared = await self._database.rows(_COMPARED, (first,))
        return (
            {(_number(row[0]), Cell(*row[1:5])): Answers(*row[5:]) for row in answers},
            {(_number(row[0]), Pair(*row[1:5])): Compared(*row[5:]) for row in compared},
        )

    async def add(self, answers: AnswersByDay, compared: ComparedByDay) -> None:
        """Add these to them. Gone: perhaps they were; they are not added again, since evidence that
        is lost is less evidence, and evidence that counts twice is false.
        """
        await self._add(_ADD_ANSWERS, _rows(answers))
        await self._add(_ADD_COMPARED, _rows(compared))

    async def _add(self, statement: LiteralString, rows: Iterable[dict[str, Any]]) -> None:
        if found := list(rows):
            await self._database.rows(statement, (msgspec.json.encode(found).decode(),))


def _rows(sums: Mapping[tuple[int, Any], Any]) -> Iterable[dict[str, Any]]:
    for (day, key), its in sums.items():
        yield {"day": _day(day).isoformat(), **key._asdict(), **its._asdict()}


def _day(number: int) -> date:
    return _FIRST + timedelta(days=number)


def _number(day: date) -> int:
    return (day - _FIRST).days
