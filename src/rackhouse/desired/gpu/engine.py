"""Docker's engine on a machine: its package, its settings as a file of ours, its unit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.desired.gpu.toolkit import before_runtime, restarts
from rackhouse.rack.model import Node
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import File, Packages, Unit, User

SOCKET = "/run/docker.sock"


def unit(node: str) -> Id:
    """The engine itself."""
    return Id(f"host.{node}", "unit", "docker")


def stands_on(node: str, login: str) -> frozenset[Id]:
    """What has to be there before anything can lie on the engine: it runs, and the account that
    Rackhouse signs in as may open its socket.
    """
    return frozenset({unit(node)} | ({_group(node)} if login != "root" else set()))


def engine(node: Node, login: str) -> Iterator[Resource[Any]]:
    """All of it. `login` is the account that Rackhouse signs in as."""
    place = f"host.{node.name}"
    packages, settings = Id(place, "packages", "docker"), Id(place, "file", "docker-settings")
    yield Resource(id=packages, spec=Packages(("docker.io", "nftables")))
    text = json.dumps(_settings(node), indent=2) + "\n"
    yield Resource(id=settings, spec=File("/etc/docker/daemon.json", Text.of(text)))
    files = tuple(Text.of(id.ref("digest")) for id in (settings, *restarts(node)))
    yield Resource(
        id=unit(node.name),
        spec=Unit("docker.service", files=files, probe=("test", "-S", SOCKET)),
        needs=before_runtime(node) | {packages},
    )
    if login != "root":
        spec = User(login, groups=("docker",), shell="")
        yield Resource(id=_group(node.name), spec=spec, needs=frozenset({packages}))


def _group(node: str) -> Id:
    return Id(f"host.{node}", "user", "docker")


def _settings(node: Node) -> Mapping[str, object]:
    """Containers live through a restart of the engine, and their logs do not fill the disk."""
    nvidia = {"nvidia": {"path": "nvidia-container-runtime", "args": []}}  # as nvidia-ctk writes it
    return {
        "live-restore": True,
        "log-driver": "local",
        "log-opts": {"max-size": "20m", "max-file": "5"},
        **({"runtimes": nvidia} if before_runtime(node) else {}),
    }
