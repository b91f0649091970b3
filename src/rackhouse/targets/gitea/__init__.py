"""The target `gitea`: what a Gitea has of a rack, over its own API (version 1.27).

target   what is there, making what is not     kinds   paths and bodies for each kind
server   requests, errors as words
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Hidden
from rackhouse.store.protocol import Store
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea

__all__ = ["Gitea", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,  # noqa: ARG001  a Gitea has one rack
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Gitea:
    """The Gitea at `url`, as its administrator `user` with `password`."""
    server = Server(address["url"], address["user"], Hidden(address["password"]))
    return Gitea(name, server=server, store=store)
