"""Users of the cache: each has its own keys and channels, sees no others', survives a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from integration.parts.conftest import RACK, Server, free_port
from rackhouse.kit.errors import Unavailable
from rackhouse.resources.cache import User
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets import cache
from rackhouse.targets.protocol import Target


@pytest.fixture
def server(cache_server: Server) -> Server:
    return cache_server


@pytest.fixture(autouse=True)
async def _clean(target: Target) -> AsyncIterator[None]:
    yield
    for seen in await target.observe(None):
        await target.remove(seen, lambda words: None)


async def make(target: Target, name: str, password: str = "secret") -> Seen:
    resource = Resource(
        id=Id("cache", "user", name), spec=User(name, Text.of(password), f"{name}:"), keep=True
    )
    stamp = Stamp(rack=RACK, digest=resource.digest, keep=True)
    return await target.ensure(resource, stamp, {}, lambda words: None)


def enter(server: Server, user: str = "", password: str = "secret") -> Redis:
    if not user:
        return _client(server, server.address["user"], server.address["password"])
    return _client(server, user, password)


def _client(server: Server, user: str | None, password: str | None) -> Redis:
    return Redis(
        host=server.address["host"],
        port=int(server.address["port"]),
        username=user,
        password=password,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


async def test_nobody_comes_in_without_a_name(server: Server) -> None:
    for user, password in ((None, None), ("default", ""), (None, server.address["password"])):
        async with _client(server, user, password) as client:
            with pytest.raises(redis.AuthenticationError):
                await client.ping()


# What BullMQ, Celery, sessions, caches and chats ask of a Redis.
USED = (
    "INFO",
    "CLIENT SETNAME worker",
    "CLIENT ID",
    "HELLO 3",
    "SELECT 0",
    "SET {k} 1 EX 100 NX",
    "GET {k}",
    "GETEX {k} PERSIST",
    "EXPIRE {k} 100",
    "UNLINK {k}",
    "HSET {k}h a 1",
    "HSCAN {k}h 0",
    "LPUSH {k}l 1",
    "BRPOPLPUSH {k}l {k}m 1",
    "BLMOVE {k}m {k}l LEFT LEFT 1",
    "ZADD {k}z 1 a",
    "BZPOPMIN {k}z 1",
    "ZRANGE {k}z 0 -1",
    "XADD {k}s * a 1",
    "XGROUP CREATE {k}s g 0",
    "XREADGROUP GROUP g c COUNT 1 STREAMS {k}s >",
    "XAUTOCLAIM {k}s g c 0 0",
    "XTRIM {k}s MAXLEN 10",
    "PUBLISH {k} hello",
    "EVAL return\u00a01 0",
    "SCRIPT LOAD return\u00a01",
    "SCRIPT EXISTS x",
    "MULTI",
    "DISCARD",
    "OBJECT ENCODING {k}h",
    "TTL {k}h",
    "TYPE {k}h",
    "SETBIT {k}b 7 1",
    "PFADD {k}p a",
    "GEOADD {k}g 13 38 a",
    "PUBSUB NUMSUB {k}",
    "DBSIZE",
    "TIME",
)


async def test_what_programs_ask_for_is_allowed(target: Target, server: Server) -> None:
    await make(target, "one")
    async with enter(server, "one") as pool, pool.client() as client:
        for command in USED:
            words = command.format(k="one:k").split(" ")
            await client.execute_command(*(word.replace("\u00a0", " ") for word in words))


FORBIDDEN = (
    "GET two:k",
    "SET two:k 1",
    "DEL two:k",
    "EXISTS two:k",
    "TYPE two:k",
    "MGET one:k two:k",
    "COPY two:k one:k",
    "RENAME one:k two:k",
    "OBJECT ENCODING two:k",
    "XREAD STREAMS two:s 0",
    "EVAL return\u00a0redis.call('get','two:k') 0",
    "EVAL return\u00a0redis.call('scan','0') 0",
    "PUBLISH two:c hello",
    "KEYS *",
    "SCAN 0",
    "RANDOMKEY",
    "PUBSUB CHANNELS",
    "CLIENT TRACKING on BCAST",
    "CLIENT LIST",
    "CLIENT KILL TYPE normal",
    "MONITOR",
    "FLUSHALL",
    "FLUSHDB",
    "SWAPDB 0 1",
    "CONFIG GET *",
    "CONFIG SET maxmemory 1",
    "ACL LIST",
    "ACL SETUSER one ~*",
    "FUNCTION FLUSH",
    "SCRIPT FLUSH",
    "SHUTDOWN",
    "DEBUG SLEEP 1",
    "SORT one:l BY two:*",
    "REPLICAOF 127.0.0.1 1",
    "MODULE LOAD x",
    "SLOWLOG GET",
)


@pytest.mark.parametrize("command", FORBIDDEN)
async def test_what_reaches_or_shows_others_is_denied(
    target: Target, server: Server, command: str
) -> None:
    await make(target, "one")
    async with enter(server) as admin:
        await admin.set("two:k", "hidden")
        await admin.xadd("two:s", {"a": "hidden"})
        await admin.set("one:k", "own")
        await admin.rpush("one:l", "1")
        async with enter(server, "one") as client:
            words = (word.replace("\u00a0", " ") for word in command.split(" "))
            with pytest.raises((redis.exceptions.NoPermissionError, redis.ResponseError)) as caught:
                await client.execute_command(*words)
        assert "permission" in str(caught.value) or "not allowed" in str(caught.value)
        assert await admin.get("two:k") == "hidden"


async def test_channels_of_others_cannot_be_heard(target: Target, server: Server) -> None:
    await make(target, "one")
    async with enter(server, "one") as client, client.pubsub() as listener:
        await listener.subscribe("one:room")
        assert await client.publish("one:room", "hello") == 1
        heard = [await listener.get_message(timeout=5) for _ in range(2)]
        assert [message and message["type"] for message in heard] == ["subscribe", "message"]
        for pattern in ("*", "two:*", "__key*", "one*"):
            await listener.psubscribe(pattern)
            with pytest.raises(redis.exceptions.NoPermissionError):
                await anext(listener.listen())


async def test_a_prefix_is_no_pattern(target: Target, server: Server) -> None:
    resource = Resource(
        id=Id("cache", "user", "star"), spec=User("star", Text.of("secret"), "*[a]:"), keep=True
    )
    await target.ensure(resource, Stamp(rack=RACK, digest="d"), {}, lambda words: None)
    async with enter(server, "star") as client:
        await client.set("*[a]:k", "1")
        with pytest.raises(redis.exceptions.NoPermissionError):
            await client.set("xa:k", "1")


async def test_another_password_is_in_force_at_once(target: Target, server: Server) -> None:
    await make(target, "one", "before")
    await make(target, "one", "after")
    async with enter(server, "one", "after") as client:
        assert await client.ping()
    async with enter(server, "one", "before") as client:
        with pytest.raises(redis.AuthenticationError):
            await client.ping()


async def test_what_is_removed_leaves_no_key_in_any_database(
    target: Target, server: Server
) -> None:
    made = await make(target, "one")
    async with enter(server) as admin:
        await admin.set("oneself", "another's")
        async with enter(server, "one") as pool, pool.client() as client:
            for number in ("0", "7"):
                await client.execute_command("SELECT", number)
                await client.set("one:k", "1")
        await target.remove(made, lambda words: None)
        assert await admin.keys("one*") == ["oneself"]
        await admin.delete("oneself")
        assert "db7" not in await admin.info("keyspace")
    async with enter(server, "one") as client:
        with pytest.raises(redis.AuthenticationError):
            await client.ping()


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_users_survive_a_restart(
    target: Target, server: Server, store: MemoryStore, end: str
) -> None:
    made = await make(target, "one")
    {"stop": server.running.stop, "kill": server.running.kill}[end]()
    server.running.start()
    async with enter(server, "one") as client:
        assert await client.set("one:k", "1")
    again = server.target(store)
    assert await again.observe(None) == [made]
    await again.close()


async def test_a_user_removed_by_hand_is_not_ready_and_comes_back(
    target: Target, server: Server
) -> None:
    made = await make(target, "one")
    async with enter(server) as admin:
        await admin.acl_deluser("one")
    [seen] = await target.observe({made.id})
    assert (seen.ready, seen.why) == (False, "the user is gone")
    assert await make(target, "one") == made


async def test_a_server_that_is_not_there_is_unavailable(store: MemoryStore) -> None:
    address = {"host": "127.0.0.1", "port": str(free_port()), "user": "x", "password": "n0t-told"}
    away = cache.open_target("cache", address, rack=RACK, paths=None, store=store)  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        await away.observe(None)
    assert address["port"] in str(caught.value)
    assert "n0t-told" not in str(caught.value)
    await away.close()


async def test_a_wrong_password_of_the_administrator_is_said(
    server: Server, store: MemoryStore
) -> None:
    address = server.address | {"password": "wrong"}
    wrong = cache.open_target("cache", address, rack=RACK, paths=None, store=store)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="administrator's password"):
        await wrong.observe(None)
    await wrong.close()
