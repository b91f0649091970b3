"""Measures the lines between machines: each to one of its VLAN, and once around. Not every pair."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.hosts.health import Line
from rackhouse.operations.hosts.visit import Visit
from rackhouse.rack.model import Rack
from rackhouse.rack.rules.finding import vlan_of

Pair = tuple[str, str]


async def measure_lines(rack: Rack, visits: Mapping[str, Visit]) -> tuple[Line, ...]:
    """The lines between these nodes. A node measures one line at a time; others go on meanwhile."""
    addresses = {each.name: str(each.address or "") for each in rack.nodes}
    found: list[Line] = []
    for wave in waves(pairs(rack, visits)):
        work = (_measure(visits, addresses, source, target) for source, target in wave)
        found += await asyncio.gather(*work)
    return tuple(sorted(found, key=lambda line: (line.source, line.target)))


def pairs(rack: Rack, nodes: Collection[str]) -> tuple[Pair, ...]:
    """Of each VLAN: all to its first node, and each to the next. Between VLANs the router decides
    what passes, which the matrix of the twin shows.
    """
    groups: dict[str, list[str]] = {}
    for node in rack.nodes:
        if node.name in nodes and node.address is not None:
            vlan = vlan_of(rack, node.address)
            groups.setdefault(vlan.name if vlan else "", []).append(node.name)
    found: dict[Pair, None] = {}
    for names in groups.values():
        hub, *others = sorted(names)
        found |= dict.fromkeys((other, hub) for other in others)
        found |= dict.fromkeys((after, before) for before, after in pairwise(others))
    return tuple(found)


def waves(wanted: Iterable[Pair]) -> Sequence[Sequence[Pair]]:
    """Lines that share no node, so that none takes another's width; in as few goes as it comes."""
    found: list[list[Pair]] = []
    for pair in wanted:
        free = (wave for wave in found if not any(set(pair) & set(each) for each in wave))
        wave = next(free, None)
        if wave is None:
            found.append(wave := [])
        wave.append(pair)
    return found


async def _measure(
    visits: Mapping[str, Visit], addresses: Mapping[str, str], source: str, target: str
) -> Line:
    here, there = addresses[source], addresses[target]
    try:
        port = await visits[target].ask("listen", host=there, caller=here)
        if port is None:
            return Line(source=source, target=target, error=f"{target} does not have {there}")
        said = await visits[source].ask("call", host=there, port=port)
    except RackhouseError as error:
        return Line(source=source, target=target, error=error.what)
    return Line(source=source, target=target, **(said or {"error": "could not be measured"}))
