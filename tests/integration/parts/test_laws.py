"""The laws of `targets.protocol.Target`, held by the targets inside parts, on the real parts.

`tests/unit/targets` holds the vault and the machine to the same ones.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from redis.asyncio import Redis

from integration.parts.conftest import RACK, Server
from rackhouse.kit.errors import NotOurs
from rackhouse.resources.cache import User
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.objects import Bucket
from rackhouse.resources.postgres import Database
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.cache.server import Server as CacheServer
from rackhouse.targets.objects.client import Client
from rackhouse.targets.objects.sigv4 import Key
from rackhouse.targets.postgres.server import Server as PostgresServer
from rackhouse.targets.protocol import Target

_names = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One kind: how it is wanted, how a change of it is wanted, what a hand does to it."""

    kind: str
    spec: Callable[[str], Any]
    changed: Callable[[str], Any]
    spoil: Callable[[Server, str], Awaitable[None]]
    stranger: Callable[[Server, str], Awaitable[None]]
    channel: tuple[type, tuple[str, ...]]  # what every request goes through


async def _sql(server: Server, *statements: str) -> None:
    connection = await psycopg.AsyncConnection.connect(
        **server.address,
        dbname="postgres",
        autocommit=True,  # type: ignore[arg-type]  # all are strings
    )
    async with connection:
        for statement in statements:
            await connection.execute(statement)  # type: ignore[call-overload]  # written here


async def _redis(server: Server, *words: str) -> None:
    a = server.address
    async with Redis(
        host=a["host"], port=int(a["port"]), username=a["user"], password=a["password"]
    ) as client:
        await client.execute_command(*words)


def _s3(server: Server) -> Client:
    a = server.address
    return Client(a["url"], Key(a["access_key"], a["secret_key"]))


async def _spoil_database(server: Server, name: str) -> None:
    await _sql(server, f"ALTER ROLE {name} PASSWORD 'by hand'")


async def _make_database(server: Server, name: str) -> None:
    await _sql(server, f"CREATE DATABASE {name}")


async def _spoil_user(server: Server, name: str) -> None:
    await _redis(server, "ACL", "SETUSER", name, "~*")


async def _make_user(server: Server, name: str) -> None:
    await _redis(server, "ACL", "SETUSER", name, "on", ">stranger")


async def _spoil_bucket(server: Server, name: str) -> None:
    await _s3(server).iam("CreateAccessKey", UserName=name)


async def _make_bucket(server: Server, name: str) -> None:
    await _s3(server).s3("PUT", f"/{name}")


def _bucket(secret: str) -> Callable[[str], Bucket]:
    return lambda name: Bucket(name, Text.of(f"KEY{name}"), Text.of(secret))


EXAMPLES = (
    Example(
        kind="postgres/database",
        spec=lambda name: Database(name, name, Text.of("one password"), ("vector",)),
        changed=lambda name: Database(name, name, Text.of("another"), ("vector", "pg_trgm")),
        spoil=_spoil_database,
        stranger=_make_database,
        channel=(PostgresServer, ("run", "within")),
    ),
    Example(
        kind="cache/user",
        spec=lambda name: User(name, Text.of("one password"), f"{name}:"),
        changed=lambda name: User(name, Text.of("another"), f"{name}:"),
        spoil=_spoil_user,
        stranger=_make_user,
        channel=(CacheServer, ("ask",)),
    ),
    Example(
        kind="objects/bucket",
        spec=_bucket("one secret key"),
        changed=lambda name: Bucket(name, Text.of(f"NEW{name}"), Text.of("another secret")),
        spoil=_spoil_bucket,
        stranger=_make_bucket,
        channel=(Client, ("_send",)),
    ),
)


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.kind)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


@pytest.fixture
def server(example: Example, request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{example.kind.partition('/')[0]}_server")
    return found


@pytest.fixture
async def name(target: Target, example: Example) -> AsyncIterator[str]:
    """A name that no other test uses; what is called so is gone afterwards."""
    name = f"law{next(_names)}"
    yield name
    for seen in await target.observe({_id(example, name)}):
        await target.remove(seen, _quiet)


def _id(example: Example, name: str) -> Id:
    return Id.parse(f"{example.kind}/{name}")


def _wanted(example: Example, name: str, *, changed: bool = False) -> Resource[Any]:
    spec = (example.changed if changed else example.spec)(name)
    return Resource(id=_id(example, name), spec=spec, keep=True)


def _quiet(words: str) -> None:
    """Say nothing."""


async def make(target: Target, resource: Resource[Any], rack: str = RACK) -> Seen:
    stamp = Stamp(rack=rack, digest=resource.digest, keep=True)
    return await target.ensure(resource, stamp, {}, _quiet)


async def look(target: Target, id: Id) -> Seen | None:
    seen = {one.id: one for one in await target.observe({id})}
    assert seen == {one.id: one for one in await target.observe(None)}
    return seen.get(id)


async def test_nothing_is_seen_before_it_is_made(
    target: Target, example: Example, name: str
) -> None:
    assert await look(target, _id(example, name)) is None


async def test_what_is_made_is_ready_finished_and_seen(
    target: Target, example: Example, name: str, server: Server, store: MemoryStore
) -> None:
    resource = _wanted(example, name)
    made = await make(target, resource)
    assert made.ready, made.why
    assert made.stamp is not None
    assert made.stamp.found == made.found != ""
    assert made.stamp.digest == resource.digest
    assert await look(target, resource.id) == made
    again = server.target(store)
    assert await look(again, resource.id) == made
    await again.close()


async def test_making_it_again_changes_nothing(target: Target, example: Example, name: str) -> None:
    resource = _wanted(example, name)
    assert await make(target, resource) == await make(target, resource)


async def test_a_change_is_made_and_stamped(target: Target, example: Example, name: str) -> None:
    first = await make(target, _wanted(example, name))
    resource = _wanted(example, name, changed=True)
    second = await make(target, resource)
    assert second.stamp is not None
    assert second.stamp.digest == resource.digest
    assert second.found == second.stamp.found != first.found
    assert await look(target, resource.id) == second


async def test_a_change_by_hand_is_seen_and_mended(
    target: Target, example: Example, name: str, server: Server
) -> None:
    resource = _wanted(example, name)
    first = await make(target, resource)
    await example.spoil(server, name)
    spoilt = await look(target, resource.id)
    assert spoilt is not None
    assert spoilt.found != first.found
    mended = await make(target, resource)
    assert mended.stamp is not None
    assert mended.found == mended.stamp.found != spoilt.found


async def test_what_is_removed_is_gone_and_may_be_removed_again(
    target: Target, example: Example, name: str
) -> None:
    made = await make(target, _wanted(example, name))
    for _ in range(2):
        await target.remove(made, _quiet)
        assert await look(target, made.id) is None


async def test_a_strangers_thing_is_seen_and_left_alone(
    target: Target, example: Example, name: str, server: Server
) -> None:
    await example.stranger(server, name)
    [seen] = await target.observe({_id(example, name)})
    assert seen.stamp is None
    assert await target.observe(None) == []
    with pytest.raises(NotOurs, match=name):
        await make(target, _wanted(example, name))
    await target.remove(seen, _quiet)
    assert await target.observe({_id(example, name)}) == [seen]


async def test_another_racks_thing_is_left_alone(
    target: Target, example: Example, name: str
) -> None:
    theirs = await make(target, _wanted(example, name), rack="other")
    assert await target.observe(None) == []
    with pytest.raises(NotOurs, match="other"):
        await make(target, _wanted(example, name))
    assert await target.observe({theirs.id}) == [theirs]


class Killed(BaseException):
    """As sudden as SIGKILL: nothing catches it."""


async def test_killed_before_any_request_it_is_made_whole_and_removed_later(
    target: Target, example: Example, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = _wanted(example, name)
    left = 0
    channel, methods = example.channel

    def mortal(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return method(*args, **kwargs)

        return call

    for method in methods:
        monkeypatch.setattr(channel, method, mortal(getattr(channel, method)))

    async def survives(n: int, work: Callable[[], Awaitable[object]]) -> bool:
        nonlocal left
        left = n
        try:
            await work()
        except Killed:
            return False
        finally:
            left = 10**9
        return True

    for n in range(60):
        whole = await survives(n, lambda: make(target, resource))
        half = await look(target, resource.id)
        if not whole and half is not None:
            assert half.stamp is not None, "killed, and it looks like a stranger's"
            assert half.stamp.found == "" or half.found == half.stamp.found
        made = await make(target, resource)
        assert await look(target, resource.id) == made
        gone = await survives(n, lambda made=made: target.remove(made, _quiet))  # type: ignore[misc]
        if not gone:
            remains = await look(target, resource.id)
            await target.remove(remains or made, _quiet)
        assert await look(target, resource.id) is None
        if whole and gone:
            break
    assert n > 4
