"""What-if: does everything still fit when nodes come or go, and what does it draw. Arithmetic only.

Memory is the measure: it is what small racks run out of. What a rack file cannot know (what an
application really takes) is not guessed here; what the file asks for is compared with what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from rackhouse.kit.text import format_bytes
from rackhouse.rack.complete import complete, joins
from rackhouse.rack.model import Cluster, Node, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role

HOURS_PER_MONTH = 730.5
_SYSTEM = 512 * 2**20  # what the system and K3s themselves take on a node


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


def capacity(rack: Rack) -> Capacity:
    """The rack's totals."""
    nodes = [node for node in rack.nodes if joins(node)]
    watts = sum(node.watts for node in rack.nodes)
    price = rack.electricity
    return Capacity(
        cpus=sum(node.cpus for node in nodes),
        memory=sum(max(node.memory - _SYSTEM, 0) for node in nodes),
        gpu_memory=sum(node.gpu.memory for node in rack.nodes if node.gpu),
        watts=watts,
        unknown_watts=tuple(node.name for node in rack.nodes if not node.watts),
        cost=watts / 1000 * HOURS_PER_MONTH * price.amount if price else None,
        currency=price.currency if price else "",
    )


def without(rack: Rack, names: Collection[str]) -> Rack:
    """The rack when these nodes are gone."""
    clusters = (
        replace(cluster, nodes=tuple(name for name in cluster.nodes if name not in names))
        for cluster in rack.clusters
    )
    nodes = tuple(node for node in rack.nodes if node.name not in names)
    return replace(rack, nodes=nodes, clusters=tuple(clusters))


def added(rack: Rack, node: Node) -> Rack:
    """The rack with one more node, in its first cluster when it can join one.

    What `rules.findings` says of it then is what would be wrong (an even number of servers).
    """
    first, *others = rack.clusters or (Cluster(name=rack.name, nodes=()),)
    if joins(node):
        first = replace(first, nodes=(*first.nodes, node.name))
    clusters = (first, *others) if first.nodes else ()
    return complete(replace(rack, nodes=(*rack.nodes, node), clusters=clusters))


def losses(rack: Rack, names: Collection[str]) -> Iterator[str]:
    """What stops when these nodes are lost, a sentence each; nothing when all goes on."""
    left = without(rack, names)
    for cluster in rack.clusters:
        yield from _quorum(rack, left, cluster)
    yield from _data(rack, left)
    for model in rack.models:
        places = [local.node for local in model.prefer]
        if places and not model.fall_back and all(place in names for place in places):
            yield f"nothing answers for the model {model.name!r} any more"


def _quorum(rack: Rack, left: Rack, cluster: Cluster) -> Iterator[str]:
    had = len(members(rack, cluster, Role.SERVER))
    has = len(members(left, cluster, Role.SERVER))
    if has * 2 <= had:
        yield f"the cluster {cluster.name} loses its majority: {has} of {had} servers are left"


def _data(rack: Rack, left: Rack) -> Iterator[str]:
    if not rack.clusters:
        return
    workers = [node for node in left.nodes if joins(node)]
    postgres, cache = rack.data.postgres, rack.data.cache
    if postgres and postgres.instances > len(workers):
        yield f"{postgres.instances} copies of PostgreSQL have {len(workers)} nodes to be on"
    need = (postgres.memory * postgres.instances if postgres else 0) + (
        cache.memory if cache else 0
    )
    room = capacity(left).memory
    if all(node.memory for node in workers) and need > room:
        yield f"the data services ask for {format_bytes(need)}, {format_bytes(room)} are left"
