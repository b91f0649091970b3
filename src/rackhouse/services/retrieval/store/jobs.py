"""Jobs as rows: one process works at each, by a lease that it renews. Those of a collection are
worked at one after the other, in the order in which they came: all are read before one is embedded,
since what was read is found by its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Claim, Job, State

_ADD: Final = """
INSERT INTO jobs (tenant, id, collection, documents) VALUES (%s, %s, %s, %s)
"""
_ITEM: Final = """
INSERT INTO job_items (tenant, job, ordinal, document, body) VALUES (%s, %s, %s, %s, %s)
"""
_ONE: Final = """
SELECT id, collection, state, documents, read, passages, texts, embedded, said, event, at, begun,
    ended FROM jobs
"""
_PROBLEMS: Final = """
SELECT document, problem FROM job_items WHERE job = %s AND problem IS NOT NULL ORDER BY ordinal
LIMIT 100
"""
_CLAIM: Final = """
UPDATE jobs SET state = 'running', holder = %(holder)s, event = event + 1,
    begun = coalesce(begun, now()), lease = now() + %(seconds)s * interval '1 second'
WHERE (tenant, id) = (
    SELECT j.tenant, j.id FROM jobs j
    WHERE j.ended IS NULL
    AND NOT EXISTS (SELECT FROM jobs o WHERE o.tenant = j.tenant AND o.collection = j.collection
        AND o.ended IS NULL AND o.lease >= now() AND o.holder <> %(holder)s)
    ORDER BY j.read >= j.documents, j.number LIMIT 1
) RETURNING tenant, id, collection, holder
"""
# Two who claim see each other: else both would begin at one collection.
_ALONE: Final = (
    "SELECT pg_advisory_xact_lock(hashtext('jobs of ' || current_setting('rackhouse.tenant')))"
)
_UNREAD: Final = """
SELECT EXISTS (SELECT FROM jobs WHERE collection = %s AND ended IS NULL AND read < documents)
"""
_RENEW: Final = """
UPDATE jobs SET lease = now() + %(seconds)s * interval '1 second',
    event = event + (said <> coalesce(%(said)s, said))::int, said = coalesce(%(said)s, said)
WHERE id = %(id)s AND holder = %(holder)s AND ended IS NULL RETURNING id
"""
_RELEASE: Final = "UPDATE jobs SET lease = now() WHERE id = %s AND holder = %s AND ended IS NULL"
_TELL: Final = """
UPDATE jobs SET read = read + %(read)s, passages = passages + %(passages)s,
    texts = coalesce(embedded + %(lacking)s, texts), embedded = embedded + %(embedded)s, said = '',
    event = event + 1
WHERE id = %(id)s AND holder = %(holder)s AND ended IS NULL RETURNING id
"""
_END: Final = """
UPDATE jobs SET state = %s, said = %s, ended = now(), lease = NULL, event = event + 1
WHERE id = %s AND holder = %s AND ended IS NULL RETURNING id
"""
_NEXT: Final = """
SELECT ordinal, body FROM job_items WHERE job = %s AND body IS NOT NULL ORDER BY ordinal LIMIT %s
"""
_READ: Final = "UPDATE job_items SET body = NULL, problem = %s WHERE job = %s AND ordinal = %s"
_OPEN: Final = "SELECT state, count(*) FROM jobs WHERE ended IS NULL GROUP BY state"
_OLD: Final = "DELETE FROM jobs WHERE ended < now() - interval '30 days'"


class Lost(Exception):
    """Another process has the job now, or its collection is gone: nothing of ours is kept."""


async def add(
    connection: Connection,
    tenant: str,
    id: UUID,
    collection: str,
    documents: Sequence[tuple[str, bytes]] = (),
) -> None:
    """A job, with its documents as they were sent."""
    await connection.execute(_OLD)
    await connection.execute(_ADD, (tenant, id, collection, len(documents)))
    async with connection.cursor() as cursor:
        rows = [(tenant, id, at, name, body) for at, (name, body) in enumerate(documents)]
        await cursor.executemany(_ITEM, rows)


async def find(connection: Connection, id: UUID) -> Job | None:
    """It, with what was wrong with its documents."""
    row = await (await connection.execute(f"{_ONE} WHERE id = %s", (id,))).fetchone()
    if row is None:
        return None
    problems = await (await connection.execute(_PROBLEMS, (id,))).fetchall()
    return _job(row, [(document, problem) for document, problem in problems])


async def open_of(connection: Connection, collection: str) -> list[Job]:
    """Those that have not ended, in their order."""
    said = f"{_ONE} WHERE collection = %s AND ended IS NULL ORDER BY number"
    rows = await (await connection.execute(said, (collection,))).fetchall()
    return [_job(row, []) for row in rows]


async def waiting(connection: Connection) -> dict[State, int]:
    """How many have not ended, by their state."""
    rows = await (await connection.execute(_OPEN)).fetchall()
    return {State(state): count for state, count in rows}


def _job(row: tuple[Any, ...], problems: Sequence[tuple[str, str]]) -> Job:
    id, collection, state, documents, read, passages, texts, embedded, *rest = row
    said, event, at, begun, ended = rest
    return Job(
        id=id,
        collection=collection,
        state=State(state),
        documents=documents,
        read=read,
        passages=passages,
        texts=texts,
        embedded=embedded,
        said=said,
        event=event,
        at=at,
        begun=begun,
        ended=ended,
        problems=tuple(problems),
    )


async def claim(connection: Connection, holder: str, seconds: float) -> Claim | None:
    """The next one whose turn it is and whom nobody works at."""
    await connection.execute(_ALONE)
    rows = await connection.execute(_CLAIM, {"holder": holder, "seconds": seconds})
    row = await rows.fetchone()
    return Claim(*row) if row else None


async def unread(connection: Connection, collection: str) -> bool:
    """Whether there are documents that were not read yet, of any job."""
    row = await (await connection.execute(_UNREAD, (collection,))).fetchone()
    assert row is not None
    return bool(row[0])


async def renew(
    connection: Connection, claim: Claim, seconds: float, said: str | None = None
) -> None:
    """For so many seconds more; `said` tells what it waits for. Lost."""
    values = {"id": claim.id, "holder": claim.holder, "seconds": seconds, "said": said}
    await _ours(connection, _RENEW, values)


async def release(connection: Connection, claim: Claim) -> None:
    """Whoever comes next goes on with it."""
    await connection.execute(_RELEASE, (claim.id, claim.holder))


async def tell(
    connection: Connection,
    claim: Claim,
    *,
    read: int = 0,
    passages: int = 0,
    lacking: int | None = None,
    embedded: int = 0,
) -> None:
    """More of it is done; so many texts lack a vector yet. Lost."""
    values = {"id": claim.id, "holder": claim.holder, "read": read, "passages": passages}
    await _ours(connection, _TELL, {**values, "lacking": lacking, "embedded": embedded})


async def end(connection: Connection, claim: Claim, state: State, said: str = "") -> None:
    """Nothing more is done at it. Lost."""
    await _ours(connection, _END, (state, said, claim.id, claim.holder))


async def _ours(connection: Connection, statement: Any, values: Any) -> None:
    if not await (await connection.execute(statement, values)).fetchall():
        raise Lost


async def next_items(connection: Connection, claim: Claim, count: int) -> list[tuple[int, bytes]]:
    """The first documents that were not read yet, as they were sent."""
    rows = await (await connection.execute(_NEXT, (claim.id, count))).fetchall()
    return [(ordinal, bytes(body)) for ordinal, body in rows]


async def item_read(
    connection: Connection, claim: Claim, ordinal: int, problem: str | None = None
) -> None:
    """It need not be kept any more."""
    await connection.execute(_READ, (problem, claim.id, ordinal))
