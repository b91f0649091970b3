"""Nobody sees or changes what is another tenant's or person's, whatever a statement says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
import pytest

from rackhouse.kit.postgres.database import Connection, Database
from rackhouse.services.retrieval.model.documents import Document, Given, Media, of_given
from rackhouse.services.retrieval.store import collections, documents, jobs, vectors, words
from rackhouse.services.retrieval.store.database import ALL, Tenancy

TABLES = (
    *("collections", "documents", "passages", "texts", "vectors", "words", "jobs", "job_items"),
)


async def _fill(tenancy: Tenancy, tenant: str, owner: str | None = None) -> None:
    """The same names for everybody."""
    given = (Given(id="1", texts={"a": f"of {tenant} {owner}"}),)
    document = Document(id=f"d{owner or ''}", media=Media.PASSAGES, owner=owner, passages=given)

    async def work(connection: Connection) -> None:
        await collections.put(
            connection, tenant, "c", model=None, resolver=None, language=None, codes=None, usual="m"
        )
        passages = of_given(document)
        await documents.put(connection, tenant, "c", document, content=None, passages=passages)
        text = passages[0].texts["a"]
        vector = np.ones(3, np.float32)
        await vectors.put(connection, "c", "m", [(documents.sha256(text), vector)])
        await words.add(connection, "c", "m", {"word"})
        await jobs.add(connection, tenant, uuid4(), "c", [("d", b"body")])

    await tenancy.within(tenant, work)


async def _all(tenancy: Tenancy, tenant: str, statement: str, owner: str = ALL) -> Sequence[Any]:
    async def work(connection: Connection) -> Sequence[Any]:
        done = await connection.execute(statement.encode())
        return await done.fetchall() if done.description else [done.rowcount]

    return await tenancy.within(tenant, work, owner=owner)


@pytest.fixture
async def two(tenancy: Tenancy) -> Tenancy:
    for tenant in ("study", "notes"):
        await _fill(tenancy, tenant)
    return tenancy


@pytest.mark.parametrize("table", TABLES)
async def test_a_statement_without_where_sees_its_own_rows_alone(two: Tenancy, table: str) -> None:
    for tenant in ("study", "notes"):
        assert {row[0] for row in await _all(two, tenant, f"SELECT tenant FROM {table}")} == {
            tenant
        }
    assert await _all(two, "nobody", f"SELECT * FROM {table}") == []
    assert await _all(two, "", f"SELECT * FROM {table}") == []


@pytest.mark.parametrize("table", TABLES)
async def test_a_statement_without_where_changes_its_own_rows_alone(
    two: Tenancy, table: str
) -> None:
    await _all(two, "study", f"DELETE FROM {table}")
    assert await _all(two, "study", f"SELECT * FROM {table}") == []
    assert await _all(two, "notes", f"SELECT * FROM {table}") != []


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_is_seen_where_no_tenant_was_set(
    two: Tenancy, database: Database, table: str
) -> None:
    for _ in range(6):  # each connection, among them those that had one before
        assert await database.rows(f"SELECT * FROM {table}") == []  # type: ignore[arg-type]


async def test_no_row_is_written_for_another(two: Tenancy) -> None:
    for statement in (
        "INSERT INTO collections (tenant, name, model) VALUES ('notes', 'x', 'm')",
        "UPDATE collections SET tenant = 'notes'",
        "INSERT INTO vectors VALUES ('notes', 'c', 'x', '', 1, '[1]')",
        "INSERT INTO words VALUES ('notes', 'c', 'm', 'x', NULL)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await _all(two, "study", statement)


@pytest.mark.parametrize("hostile", ["study' OR true --", "%", "*", "study\\", "STUDY", "study "])
async def test_a_hostile_name_is_only_a_name(two: Tenancy, hostile: str) -> None:
    assert await _all(two, hostile, "SELECT * FROM collections") == []


async def test_a_persons_documents_are_seen_for_that_person_alone(two: Tenancy) -> None:
    for owner in ("ana", "ben"):
        await _fill(two, "study", owner)
    for table in ("documents", "passages", "texts"):
        seen = {
            who: {row[0] for row in await _all(two, "study", f"SELECT owner FROM {table}", who)}
            for who in ("", "ana", "ben", "eve", ALL)
        }
        assert seen == {
            "": {None},
            "ana": {None, "ana"},
            "ben": {None, "ben"},
            "eve": {None},
            ALL: {None, "ana", "ben"},
        }
    with pytest.raises(psycopg.errors.CheckViolation):
        await _fill(two, "study", ALL)
