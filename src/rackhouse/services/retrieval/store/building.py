"""Builds and drops indexes of nearness, on a connection of its own: it takes minutes, and is no
transaction. One at a time in the whole database, whatever processes there are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.nearness import Space

_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('indexes of nearness'))"
# Denser than pgvector's usual 64: queries lie apart from texts, and it is built once.
_BUILD: Final = SQL(
    """
CREATE INDEX CONCURRENTLY {name} ON vectors
USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops) WITH (m = 16, ef_construction = 128)
WHERE tenant = {tenant} AND collection = {collection} AND model = {model}
    AND dimension = {dimension}
"""
)
_DROP: Final = SQL("DROP INDEX CONCURRENTLY IF EXISTS {}")
_MEMORY: Final = "SELECT set_config('maintenance_work_mem', %s, false)"
_LINKS: Final = 800  # bytes of a vector's place in the graph
_MOST: Final = 1 << 20  # kilobytes that building takes; what is larger takes longer


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[Connection | None]:
    """A connection that may build; None while another has it. Who dies lets go of it: PostgreSQL
    looks every two seconds whether we are there, and gives up what it builds for us.
    """
    options = "-c statement_timeout=0 -c client_connection_check_interval=2s"
    connection = await psycopg.AsyncConnection.connect(
        url,
        autocommit=True,
        application_name="rackhouse-retrieval-index",
        connect_timeout=2,
        options=options,
    )
    try:
        row = await (await connection.execute(_LOCK)).fetchone()
        yield connection if row and row[0] else None
    finally:
        await connection.close()


async def build(connection: Connection, space: Space, vectors: int) -> None:
    """Of so many, while all else goes on: other statements read and write meanwhile."""
    kilobytes = vectors * (2 * space.dimension + _LINKS) >> 10
    await connection.execute(_MEMORY, (f"{min(max(kilobytes, 1 << 16), _MOST)}kB",))
    await connection.execute(
        _BUILD.format(
            name=Identifier(space.index),
            dimension=Literal(space.dimension),
            tenant=Literal(space.tenant),
            collection=Literal(space.collection),
            model=Literal(space.model),
        )
    )


async def clear(connection: Connection, space: Space) -> None:
    """Drop it, whole or what is left of one that was not built to its end; if there is any."""
    await connection.execute(_DROP.format(Identifier(space.index)))
