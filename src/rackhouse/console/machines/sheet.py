"""What is known of each machine, from the rack file and from what was written down. Reads the
store; asks nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rackhouse.apply.joined import Address, joined
from rackhouse.apply.joined import facts as measured
from rackhouse.console.machines.facts import Said, read, speaks, words
from rackhouse.desired.hosts import hosts, target
from rackhouse.desired.network.fabric import home_of, router_node
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.text import plural
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.verdict import Finding
from rackhouse.store.protocol import Result, StepRow, Store

_APPLIES = 60  # of the journal
_DID = {Result.DONE, Result.SKIPPED, Result.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last time that an apply was at a machine: Unix seconds, and what failed there then."""

    at: float
    failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine of the rack file. `where` is how it is reached, "" for one that has not joined;
    `holds` what an apply keeps on it.
    """

    node: Node
    vlan: Vlan | None
    where: str
    duties: tuple[str, ...]
    facts: tuple[Said, ...]
    speaks: tuple[Finding, ...]
    holds: str
    last: Last | None

    @property
    def tone(self) -> str:
        """`good`, `bad` or `off`: the sign that it is drawn with."""
        return "off" if not self.where else "bad" if self.last and self.last.failed else "good"


def machines(rack: Rack, store: Store) -> tuple[Machine, ...]:
    """Every machine of the rack file, in its order."""
    addresses = joined(store)
    facts = read(measured(store))
    against, held, last = speaks(rack, facts), _held(rack, store), _last(store)
    return tuple(
        Machine(
            node=node,
            vlan=home_of(rack, node),
            where=_where(addresses[node.name]) if node.name in addresses else "",
            duties=tuple(_duties(rack, node)),
            facts=words(facts[node.name], node) if node.name in facts else (),
            speaks=against.get(node.name, ()),
            holds=held.get(node.name, ""),
            last=last.get(target(node.name)),
        )
        for node in rack.nodes
    )


def strangers(rack: Rack, store: Store) -> tuple[str, ...]:
    """Machines that have joined and that the rack file does not name."""
    return tuple(sorted(set(joined(store)) - {node.name for node in rack.nodes}))


def _where(address: Address) -> str:
    port = f":{address['port']}" if address.get("port", "22") != "22" else ""
    return f"{address.get('user', '')}@{address.get('host', '')}{port}".removeprefix("@")


def _duties(rack: Rack, node: Node) -> Iterator[str]:
    """What the rack file has it for."""
    for cluster in rack.clusters:
        if node.name in cluster.nodes:
            yield f"{node.role} of the cluster {cluster.name}"
    if node == router_node(rack) and rack.network.router:
        serves = ", ".join(rack.network.router.serves)
        yield f"routes{f' and serves {serves}' if serves else ''}"
    for model in rack.models:
        yield from (f"model {model.name}: {x.model}" for x in model.prefer if x.node == node.name)


def _held(rack: Rack, store: Store) -> Mapping[str, str]:
    """What an apply keeps on each, counted by kind; nothing where that cannot be worked out."""
    try:
        wanted = hosts(rack, joined(store), measured(store)).resources
    except RackhouseError:
        return {}
    counts: dict[str, Counter[str]] = {}
    for id in wanted:
        place, _, node = id.target.partition(".")
        if place in {"host", "docker"}:
            counts.setdefault(node, Counter())[id.kind] += 1
    return {
        node: ", ".join(plural(count, kind) for kind, count in sorted(kinds.items()))
        for node, kinds in counts.items()
    }


def _last(store: Store) -> Mapping[str, Last]:
    """By target, the newest steps that were taken there."""
    found: dict[str, Last] = {}
    for row in store.journal(_APPLIES):
        of: dict[str, list[StepRow]] = {}
        for step in row.steps:
            if step.result in _DID:
                of.setdefault(_target(step.step), []).append(step)
        for name, steps in of.items():
            if name not in found:
                failed = (s.why or s.step for s in steps if s.result is Result.FAILED)
                at = max(step.ended or step.began for step in steps)
                found[name] = Last(at=at, failed=next(failed, ""))
    return found


def _target(step: str) -> str:
    """`host.pi-1` of `+ host.pi-1/file/journald: absent`, as a journal has it."""
    return step[2:].partition("/")[0]
