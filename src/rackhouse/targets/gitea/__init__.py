"""The targets `gitea.<cluster>`: what a Gitea has of a rack, over its own API (version 1.27).

target   what is there, making what is not     kinds   paths and bodies for each kind
server   requests, errors as words             ways    the machines that lead to it
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea

__all__ = ["Gitea", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Gitea:
    """The Gitea of an address that `server_of` knows."""
    return Gitea(name, rack=rack, server=server_of(address), store=store)


def server_of(address: Mapping[str, str]) -> Server:
    """At `url`, as its administrator `user` with `password`; `at` are machines that lead there
    (HOST or HOST:PORT, by commas), `authority` certificates that it may be vouched for by.
    """
    from rackhouse.resources.core import Hidden
    from rackhouse.targets.gitea.ways import Ways

    machines = tuple(filter(None, address.get("at", "").split(",")))
    ways = Ways(address["url"], machines, address.get("authority", ""))
    return Server(ways, address["user"], Hidden(address["password"]))
