"""NVIDIA's container toolkit on a machine: its key by SHA-256, its apt source, its package.

Nothing of it is guessed: without `gpu.toolkit` nothing is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.rack.model import Node
from rackhouse.rack.words import Role
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import Download, File, Packages

_KEY = "/usr/share/keyrings/rackhouse-nvidia.asc"
_LIST = "/etc/apt/sources.list.d/rackhouse-nvidia.list"


def toolkit(node: Node) -> Iterator[Resource[Any]]:
    """All of it; nothing where the rack file says nothing of it."""
    setup = node.gpu.toolkit if node.gpu and node.role == Role.GPU else None
    if setup is None:
        return
    key = Id(f"host.{node.name}", "download", "nvidia-key")
    source = _source(node)
    yield Resource(id=key, spec=Download(_KEY, f"{setup.source}/gpgkey", setup.key))
    where = setup.source if setup.source.startswith("https:") else f"file:{setup.source}"
    line = f"deb [signed-by={_KEY}] {where}/stable/deb/$(ARCH) /\n"
    yield Resource(id=source, spec=File(_LIST, Text.of("# Rackhouse\n", line)))
    (packages,) = before_runtime(node)
    needs = frozenset({key, source})
    yield Resource(id=packages, spec=Packages(("nvidia-container-toolkit",)), needs=needs)


def before_runtime(node: Node) -> frozenset[Id]:
    """What has to be there before a container runtime starts, or it does not see the card."""
    there = node.role == Role.GPU and node.gpu is not None and node.gpu.toolkit is not None
    return frozenset({Id(f"host.{node.name}", "packages", "nvidia")} if there else ())


def restarts(node: Node) -> tuple[Id, ...]:
    """The files at whose change a runtime has to look for the toolkit again."""
    return (_source(node),) if before_runtime(node) else ()


def _source(node: Node) -> Id:
    return Id(f"host.{node.name}", "file", "nvidia-source")
