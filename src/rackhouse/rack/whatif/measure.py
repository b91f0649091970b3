"""What a rack file asks for against what is left for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.rack.capacity import SYSTEM
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.whatif.place import models_on
from rackhouse.rack.whatif.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that runs out. `unknown`: machines that the file says nothing of, so that there is
    as much as `has`, or more.
    """

    what: str
    asks: int
    has: int
    bytes: bool = True  # else a count
    unknown: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is enough, as far as one can see."""
        return bool(self.unknown) or self.asks <= self.has


def measures(situation: Situation) -> tuple[Measure, ...]:
    """Memory, storage, graphics cards' memory and ports, where the file has them."""
    return tuple(_all(situation))


def _all(situation: Situation) -> Iterator[Measure]:
    rack = situation.was
    if situation.clusters:
        workers = situation.has(situation.clusters[0])
        yield _memory(rack, workers)
        yield _storage(rack, workers)
    if any(node.gpu for node in (*rack.nodes, *situation.rack.nodes)):
        yield Measure(
            what="graphics memory",
            asks=sum(
                part.size for node in rack.nodes if node.gpu for part in models_on(rack, node)
            ),
            has=sum(node.gpu.memory for node in situation.reached if node.gpu),
        )
    if switch := rack.network.switch:
        used = {node.port for node in situation.rack.nodes if node.port}
        used |= {switch.uplink} if switch.uplink else set()
        new = [n for n in situation.rack.nodes if not n.port and not node_named(rack, n.name)]
        plugs = len(used) + len(new)
        yield Measure(what="switch ports", asks=plugs, has=switch.ports, bytes=False)


def _memory(rack: Rack, workers: tuple[Node, ...]) -> Measure:
    data, inside = rack.data, {name for cluster in rack.clusters for name in cluster.nodes}
    asks = data.postgres.memory * data.postgres.instances if data.postgres else 0
    asks += data.cache.memory if data.cache else 0
    plain = [node for node in rack.nodes if node.name in inside and node.gpu is None]
    asks += sum(part.size for node in plain for part in models_on(rack, node))
    return Measure(
        what="cluster memory",
        asks=asks,
        has=sum(max(node.memory - SYSTEM, 0) for node in workers),
        unknown=tuple(node.name for node in workers if not node.memory),
    )


def _storage(rack: Rack, workers: tuple[Node, ...]) -> Measure:
    data = rack.data
    asks = data.postgres.storage * data.postgres.instances if data.postgres else 0
    asks += data.objects.storage if data.objects else 0
    return Measure(
        what="cluster storage",
        asks=asks,
        has=sum(node.storage for node in workers),
        unknown=tuple(node.name for node in workers if not node.storage),
    )
