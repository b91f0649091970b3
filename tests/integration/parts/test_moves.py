"""The same data with other ports, other passwords and another authority: after a restore, a move,
or when a stranger took a port meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
import redis

from integration.parts.conftest import RACK, Server, started
from integration.parts.test_buckets import ONE, bucket
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.objects import Bucket
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore


@contextmanager
def server(name: str, root: Path) -> Iterator[Server]:
    yield from started(name, root)


def client(server: Server) -> redis.Redis:
    a = server.address
    host, port = a["host"], int(a["port"])
    return redis.Redis(host=host, port=port, username=a["user"], password=a["password"], retry=None)


def test_the_cache_takes_up_another_password_and_keeps_users_and_keys(tmp_path: Path) -> None:
    with server("cache", tmp_path) as first, client(first) as admin:
        admin.acl_setuser("one", enabled=True, passwords=["+secret"], keys=["one:*"])
        admin.execute_command("ACL", "SAVE")
        admin.set("one:k", "kept")
    with server("cache", tmp_path) as second:
        assert second.address["password"] != first.address["password"]
        with client(second) as admin:
            assert admin.get("one:k") == b"kept"
            assert "one" in admin.acl_users()


def test_the_objects_are_there_with_other_ports_and_keys(tmp_path: Path) -> None:
    store = MemoryStore()
    spec = Bucket("one.files", Text.of(ONE.access), Text.of(ONE.secret))
    resource = Resource(id=Id("objects", "bucket", "one.files"), spec=spec, keep=True)

    async def make(server: Server) -> None:
        target = server.target(store)
        stamp = Stamp(rack=RACK, digest=resource.digest)
        await target.ensure(resource, stamp, {}, lambda words: None)
        await target.close()

    with server("objects", tmp_path) as first:
        asyncio.run(make(first))
        obstore.put(bucket(first, "one.files", ONE), "a", b"kept")
    with server("objects", tmp_path) as second:
        assert second.address["url"] != first.address["url"]
        own = bucket(second, "one.files", ONE)
        assert obstore.get(own, "a").bytes() == b"kept"
        obstore.put(own, "b", b"new")
        asyncio.run(make(second))
