"""The GPU machine: its rack file in, the resources of its host, its engine and its Ollama out.

Pure. `runtime: docker`: Docker's engine beside the cluster, model servers as its containers. `k3s`:
an agent of the cluster (`desired/k3s`), which finds NVIDIA's toolkit there when it starts, and has
its own RuntimeClass `nvidia`; the containers leave.

    servers  what serves models    toolkit  NVIDIA's packages    engine      Docker on the host
    power    cap, wake, sleep      idle     the sleeping script  containers  on Docker, on Ollama
    firewall who asks models       advice   what the file lacks
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rackhouse.desired.gpu.containers import address, container, containers
from rackhouse.desired.gpu.engine import SOCKET, engine, stands_on
from rackhouse.desired.gpu.firewall import firewall
from rackhouse.desired.gpu.power import power, sleep
from rackhouse.desired.gpu.servers import Server, in_docker, servers
from rackhouse.desired.gpu.toolkit import toolkit
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.words import Engine, Role
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.place import Place, Wanted

Joined = Mapping[str, Mapping[str, str]]
_LEAVING = {"leaving": Text.of("yes")}


def gpu(rack: Rack, joined: Joined, seen: Collection[str] = ()) -> Wanted:
    """All that GPU machines that have joined come to; `joined` has each one's address.

    `seen` are names of places on which something of ours was seen last: an engine that nothing is
    wanted of any more is still looked at, so that what is on it leaves.
    """
    resources: list[Resource[Any]] = []
    places: list[Place] = []
    for node in rack.nodes:
        if node.role == Role.GPU and node.name in joined:
            login = joined[node.name].get("user", "root")
            serving = _serving(rack, node)
            resources += _machine(rack, node, serving, login)
            places += _places(node, serving, joined[node.name])
    wanted = {place.name for place in places}
    places += [each for each in _left(joined, seen) if each.name not in wanted]
    return Wanted(
        resources={resource.id: resource for resource in resources},
        places={place.name: place for place in places},
    )


def _serving(rack: Rack, node: Node) -> tuple[Server, ...]:
    """Those that run in Docker: without an image, none does."""
    found = servers(rack, node) if in_docker(node) else ()
    return tuple(server for server in found if server.image)


def _machine(
    rack: Rack, node: Node, serving: tuple[Server, ...], login: str
) -> Iterator[Resource[Any]]:
    yield from toolkit(node)
    yield from power(node)
    if serving:
        yield from engine(node, login)
        yield from containers(node, serving, login)
        if node.address:
            rules = firewall(rack, node, serving)
            yield rules
            if node.sleep_after:
                yield from sleep(node, frozenset({rules.id}))


def _places(node: Node, serving: tuple[Server, ...], over: Mapping[str, str]) -> Iterator[Place]:
    words = {key: Text.of(value) for key, value in over.items()}
    needs = stands_on(node.name, over.get("user", "root"))
    if serving:
        at = {**words, "socket": Text.of(SOCKET)}
        yield Place(name=f"docker.{node.name}", kind="docker", address=at, needs=needs)
    for server in serving:
        if server.engine == Engine.OLLAMA:
            at = {"at": Text.of(address(node)), "answers": Text.of(str(server.port))}
            name, runs = f"ollama.{node.name}", {container(node, server).id}
            yield Place(name=name, kind="ollama", address=words | at, needs=needs | runs)


def _left(joined: Joined, seen: Collection[str]) -> Iterator[Place]:
    """Engines that something of ours was seen on. What an Ollama that leaves has stays on its disk:
    nothing of it is looked at.
    """
    for node, over in joined.items():
        if f"docker.{node}" in seen:
            words = {key: Text.of(value) for key, value in over.items()}
            words |= {"socket": Text.of(SOCKET), **_LEAVING}
            yield Place(name=f"docker.{node}", kind="docker", address=words)
        if f"ollama.{node}" in seen:
            yield Place(name=f"ollama.{node}", kind="ollama", address=_LEAVING)
