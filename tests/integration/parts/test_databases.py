"""Databases of applications: each its own, closed to the others, safe from odd names."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from integration.parts.conftest import RACK, Server, free_port
from rackhouse.kit.errors import Missing, NotOurs, Unavailable
from rackhouse.resources.core import Id, Ref, Resource, Text
from rackhouse.resources.postgres import Database
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets import postgres
from rackhouse.targets.protocol import Target


@pytest.fixture
def server(postgres_server: Server) -> Server:
    return postgres_server


@pytest.fixture(autouse=True)
async def _clean(target: Target) -> AsyncIterator[None]:
    yield
    for seen in await target.observe(None):
        await target.remove(seen, lambda words: None)


async def make(
    target: Target,
    name: str,
    password: str = "secret",
    said: list[str] | None = None,
    **spec: object,
) -> Seen:
    database = Database(name, name, Text.of(password), **spec)  # type: ignore[arg-type]
    resource = Resource(id=Id("postgres", "database", name), spec=database, keep=True)
    stamp = Stamp(rack=RACK, digest=resource.digest, keep=True)
    say = said.append if said is not None else lambda words: None
    return await target.ensure(resource, stamp, {}, say)


async def enter(
    server: Server, user: str, database: str, password: str = "secret"
) -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(
        host=server.address["host"],
        port=int(server.address["port"]),
        user=user,
        password=password,
        dbname=database,
        autocommit=True,
    )


async def test_a_role_owns_its_database_and_reaches_no_other(
    target: Target, server: Server
) -> None:
    await make(target, "one")
    await make(target, "two")
    async with await enter(server, "one", "one") as own:
        await own.execute("CREATE TABLE notes (id int PRIMARY KEY)")
        await own.execute("CREATE SCHEMA more")
        for forbidden in (
            "CREATE DATABASE mine",
            "CREATE ROLE other",
            "ALTER ROLE one SUPERUSER",
            "COMMENT ON ROLE one IS 'nobody''s'",
            "COPY notes FROM '/etc/passwd'",
            "COPY notes TO PROGRAM 'cat'",
            "SELECT rolpassword FROM pg_authid",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await own.execute(forbidden)  # type: ignore[call-overload]  # written above
    for database in ("two", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
            await enter(server, "one", database)


async def test_the_password_is_needed_and_may_change(target: Target, server: Server) -> None:
    await make(target, "three", "before")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        await enter(server, "three", "three", "after")
    await make(target, "three", "after")
    async with await enter(server, "three", "three", "after"):
        pass
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        await enter(server, "three", "three", "before")


async def test_the_password_is_in_no_log_of_the_server(target: Target, server: Server) -> None:
    await make(target, "four", "n0t-in-any-log")
    with pytest.raises(NotOurs):  # and not where something fails either
        await target.ensure(
            Resource(
                id=Id("postgres", "database", "postgres"),
                spec=Database("postgres", "four2", Text.of("n0t-in-any-log")),
            ),
            Stamp(rack=RACK, digest="d"),
            {},
            lambda words: None,
        )
    assert "n0t-in-any-log" not in server.running.log


async def test_extensions_are_there_for_their_owner(target: Target, server: Server) -> None:
    said: list[str] = []
    await make(target, "five", said=said, extensions=("vector",), optional=("unaccent", "nothing"))
    assert [words for words in said if "nothing" in words]
    async with await enter(server, "five", "five") as own:
        await own.execute("CREATE TABLE docs (v vector(3))")
        await own.execute("INSERT INTO docs VALUES ('[1,2,3]')")
        await own.execute("CREATE INDEX ON docs USING hnsw (v vector_l2_ops)")
        row = await (await own.execute("SELECT unaccent('Über')")).fetchone()
        assert row == ("Uber",)


async def test_an_extension_dropped_by_hand_is_drift_and_comes_back(
    target: Target, server: Server
) -> None:
    first = await make(target, "six", extensions=("vector",))
    admin, secret = server.address["user"], server.address["password"]
    async with await enter(server, admin, "six", secret) as connection:
        await connection.execute("DROP EXTENSION vector")
        await connection.execute("CREATE EXTENSION pg_trgm")  # its owner's: no business of ours
    [seen] = await target.observe({first.id})
    assert seen.found != first.found
    await make(target, "six", extensions=("vector",))
    assert await target.observe({first.id}) == [first]


async def test_an_extension_that_the_server_lacks_is_refused_before_anything_is_made(
    target: Target,
) -> None:
    with pytest.raises(Missing, match="no extension 'pgcrypto'"):
        await make(target, "seven", extensions=("pgcrypto",))
    assert await target.observe({Id("postgres", "database", "seven")}) == []


async def test_a_database_dropped_by_hand_is_not_ready_and_comes_back(
    target: Target, server: Server
) -> None:
    first = await make(target, "eight")
    admin, secret = server.address["user"], server.address["password"]
    async with await enter(server, admin, "postgres", secret) as connection:
        await connection.execute("DROP DATABASE eight")
    [seen] = await target.observe({first.id})
    assert (seen.ready, seen.why) == (False, "the database is gone")
    assert (await make(target, "eight")).ready


@pytest.mark.parametrize("name", ["we-ird", 'quo"te', "a'b; DROP ROLE x --", "Größe", "a" * 63])
async def test_odd_names_are_names(target: Target, server: Server, name: str) -> None:
    made = await make(target, name, 'it\'s a "password" \\')
    assert made.ready
    async with await enter(server, name, name, 'it\'s a "password" \\'):
        pass
    await target.remove(made, lambda words: None)
    assert await target.observe({made.id}) == []


async def test_a_database_in_use_can_be_removed(target: Target, server: Server) -> None:
    made = await make(target, "nine")
    async with await enter(server, "nine", "nine"):
        await target.remove(made, lambda words: None)
    assert await target.observe({made.id}) == []


async def test_a_server_that_is_not_there_is_unavailable(store: MemoryStore) -> None:
    address = {"host": "127.0.0.1", "port": str(free_port()), "user": "x", "password": "n0t-told"}
    away = postgres.open_target("postgres", address, rack=RACK, paths=None, store=store)  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        await away.observe(None)
    assert address["port"] in str(caught.value)
    assert "n0t-told" not in str(caught.value)


async def test_it_has_no_outputs(target: Target) -> None:
    made = await make(target, "ten")
    with pytest.raises(Missing):
        await target.output(Ref(made.id, "value"))
