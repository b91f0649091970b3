"""What a rack has and draws, and the same rack with nodes more or fewer. Arithmetic only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from rackhouse.rack.complete import complete, joins
from rackhouse.rack.model import Cluster, Node, Rack

HOURS_PER_MONTH = 730.5
SYSTEM = 512 * 2**20  # what the system and K3s themselves take on a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a rack has and draws. Bytes, watts; `cost` is None when no price is known."""

    cpus: int
    memory: int  # of cluster nodes, for what runs on them
    gpu_memory: int
    watts: float
    unknown_watts: tuple[str, ...]  # nodes whose watts nobody said
    cost: float | None  # per month
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that a node has to have room for: `memory` in bytes."""

    name: str
    memory: int


def unplaced(nodes: Iterable[Node], asked: Iterable[Asked]) -> tuple[str, ...]:
    """The names of those that find no room: the largest first, each where most is left."""
    left = [max(node.memory - SYSTEM, 0) for node in nodes]
    found = []
    for it in sorted(asked, key=lambda it: (-it.memory, it.name)):
        most = max(range(len(left)), key=left.__getitem__, default=-1)
        if most < 0 or left[most] < it.memory:
            found.append(it.name)
        else:
            left[most] -= it.memory
    return tuple(dict.fromkeys(found))


def capacity(rack: Rack) -> Capacity:
    """The rack's totals."""
    nodes = [node for node in rack.nodes if joins(node)]
    watts = sum(node.watts for node in rack.nodes)
    return Capacity(
        cpus=sum(node.cpus for node in nodes),
        memory=sum(max(node.memory - SYSTEM, 0) for node in nodes),
        gpu_memory=sum(node.gpu.memory for node in rack.nodes if node.gpu),
        watts=watts,
        unknown_watts=tuple(node.name for node in rack.nodes if not node.watts),
        cost=cost_of(watts, rack),
        currency=rack.electricity.currency if rack.electricity else "",
    )


def cost_of(watts: float, rack: Rack) -> float | None:
    """What drawing `watts` all month costs; None when the file has no `electricity`."""
    tariff = rack.electricity
    return watts / 1000 * HOURS_PER_MONTH * tariff.amount if tariff else None


def without(rack: Rack, names: Collection[str]) -> Rack:
    """The rack when these nodes are gone, and with them the clusters that have none left."""
    clusters = (
        replace(cluster, nodes=tuple(name for name in cluster.nodes if name not in names))
        for cluster in rack.clusters
    )
    nodes = tuple(node for node in rack.nodes if node.name not in names)
    return replace(rack, nodes=nodes, clusters=tuple(each for each in clusters if each.nodes))


def added(rack: Rack, node: Node) -> Rack:
    """The rack with one more node, in its first cluster when it can join one.

    What `rules.findings` says of it then is what would be wrong (an even number of servers).
    """
    first, *others = rack.clusters or (Cluster(name=rack.name, nodes=()),)
    if joins(node):
        first = replace(first, nodes=(*first.nodes, node.name))
    clusters = (first, *others) if first.nodes else ()
    return complete(replace(rack, nodes=(*rack.nodes, node), clusters=clusters))
