"""What is known of each machine, from the rack file and from what was written down. Reads the
store; asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.apply.joined import Address, joined, switches
from rackhouse.apply.joined import facts as measured
from rackhouse.console.machines.facts import Said, read, speaks, words
from rackhouse.console.machines.held import held
from rackhouse.console.machines.last import Last, last
from rackhouse.desired.hosts import target
from rackhouse.desired.network.fabric import home_of, router_node
from rackhouse.desired.network.switch import target as switch_target
from rackhouse.rack.model import Node, Rack, Switch, Vlan
from rackhouse.rack.verdict import Finding
from rackhouse.store.protocol import Store


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
        """The sign that it is drawn with."""
        return _tone(self.where, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The managed switch, as far as it is spoken with."""

    switch: Switch
    where: str
    holds: str
    last: Last | None

    @property
    def tone(self) -> str:
        """The sign that it is drawn with."""
        return _tone(self.where, self.last)


def machines(rack: Rack, store: Store) -> tuple[Machine, ...]:
    """Every machine of the rack file, in its order."""
    addresses = joined(store)
    facts = read(measured(store))
    against, keeps, were = speaks(rack, facts), held(rack, store), last(store)
    return tuple(
        Machine(
            node=node,
            vlan=home_of(rack, node),
            where=_where(addresses[node.name]) if node.name in addresses else "",
            duties=tuple(_duties(rack, node)),
            facts=words(facts[node.name], node) if node.name in facts else (),
            speaks=against.get(node.name, ()),
            holds=keeps.get(node.name, ""),
            last=were.get(target(node.name)),
        )
        for node in rack.nodes
    )


def device(rack: Rack, store: Store) -> Device | None:
    """The switch; None where the file has none. A Linux machine that is one joins as a host."""
    own = rack.network.switch
    if own is None:
        return None
    at = {**joined(store), **switches(store)}.get(own.name)
    were = last(store)
    return Device(
        switch=own,
        where=_where(at) if at else "",
        holds=held(rack, store).get(own.name, ""),
        last=were.get(switch_target(own.name)) or were.get(target(own.name)),
    )


def strangers(rack: Rack, store: Store) -> tuple[str, ...]:
    """What has joined and the rack file does not name."""
    named = {node.name for node in rack.nodes}
    named |= {rack.network.switch.name} if rack.network.switch else set()
    return tuple(sorted({*joined(store), *switches(store)} - named))


def _tone(where: str, last: Last | None) -> str:
    """`good`, `bad` or `off`."""
    return "off" if not where else "bad" if last and last.failed else "good"


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
