"""Before anything is touched: whether the machines, and what runs there, admit what is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from rackhouse.apply.joined import joined
from rackhouse.apply.open import OpenRack
from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.preflight import preflight
from rackhouse.desired.k3s.standing import standing
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.kit.text import plural
from rackhouse.operations.cluster.registry import without_password
from rackhouse.operations.cluster.running import running
from rackhouse.operations.hosts.measure import facts_of
from rackhouse.operations.hosts.visit import visit
from rackhouse.rack.verdict import Finding, Severity
from rackhouse.transport.address import Address


async def admit(house: OpenRack, *, twin: bool = False) -> None:
    """Refused, with all findings that are errors; nothing where no cluster is set up."""
    addresses = joined(house.store)
    clusters = [each for each in house.rack.clusters if each.k3s]
    if not addresses or not clusters:
        return
    runs = await running(addresses)
    here = {name: each for name, each in runs.items() if each is not None}
    found = list(standing(house.rack, here, frozenset(runs.keys() - here.keys())))
    wanted = {name for cluster in clusters for name in cluster.nodes}
    entering = [name for name, each in here.items() if name in wanted and each.bare]
    found += without_password(house)
    found += await _preflight(house, entering, twin=twin)
    if errors := [each for each in found if each.severity is Severity.ERROR]:
        raise _refusal(errors)


async def standing_of(house: OpenRack, nodes: Collection[str]) -> tuple[Finding, ...]:
    """What `admit` finds by what runs now, about these nodes."""
    addresses = joined(house.store)
    if not any(each.k3s for each in house.rack.clusters):
        return ()
    runs = await running(addresses)
    here = {name: each for name, each in runs.items() if each is not None}
    found = standing(house.rack, here, frozenset(runs.keys() - here.keys()))
    return tuple(each for each in found if set(each.node.split(", ")) & set(nodes))


async def _preflight(house: OpenRack, nodes: Collection[str], *, twin: bool) -> tuple[Finding, ...]:
    """Machines that K3s is not on yet are measured now, not remembered from when they joined."""
    addresses = joined(house.store)
    found = await asyncio.gather(*(_facts(Address.parse(addresses[name])) for name in nodes))
    facts = {name: each for name, each in zip(nodes, found, strict=True) if each is not None}
    if twin:
        facts = {name: _own(each) for name, each in facts.items()}
    return preflight(house.rack, Known(hosts=facts))


async def _facts(address: Address) -> HostFacts | None:
    try:
        async with visit(address) as at:
            return await facts_of(at)
    except RackhouseError:  # the plan says that it is out of sight
        return None


def _own(facts: HostFacts) -> HostFacts:
    from rackhouse.operations.rehearsal import OWN

    return HostFacts(**{name: getattr(facts, name) for name in OWN})


def _refusal(errors: Sequence[Finding]) -> Refused:
    lines = [
        f"  {each.node}: {each.what} [{each.rule}]\n    fix: {each.fix}\n    see: {each.source}"
        for each in errors
    ]
    what = f"{plural(len(errors), 'thing')} to mend before K3s; nothing was touched:"
    return Refused("\n".join([what, *lines]), fix="`rackhouse doctor NODE` says why")
