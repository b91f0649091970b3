"""What an apply keeps on each machine and switch that has joined, counted by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rackhouse.apply.joined import authority, facts, joined, switches
from rackhouse.apply.last_seen import places
from rackhouse.desired.hosts import hosts
from rackhouse.desired.network import switch
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.text import plural
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store

_ON = {"host", "docker", "switch"}


def held(rack: Rack, store: Store) -> Mapping[str, str]:
    """By machine: `12 files, 3 units`; nothing where that cannot be worked out."""
    machines = joined(store)
    try:
        wanted = hosts(rack, machines, facts(store), places(store), authority(store))
        wanted |= switch.switches(rack, switches(store), machines)
    except RackhouseError:
        return {}
    counts: dict[str, Counter[str]] = {}
    for id in wanted.resources:
        place, _, node = id.target.partition(".")
        if place in _ON:
            counts.setdefault(node, Counter())[id.kind] += 1
    return {node: _counted(kinds) for node, kinds in counts.items()}


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(plural(count, kind) for kind, count in sorted(kinds.items()))
