"""The target `cache`: users of a Valkey or Redis, each with keys and channels of its own.

A user can carry no stamp, so the store keeps it, with the prefix that the user's keys begin with.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.cache.server import Server
from rackhouse.targets.cache.target import Cache

__all__ = ["Cache", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Cache:
    """The server at `host` and `port`, as its administrator `user` with `password`."""
    server = Server(address["host"], int(address["port"]), address["user"], address["password"])
    return Cache(name, rack=rack, server=server, store=store)
