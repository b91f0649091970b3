"""Who may reach whom, place by place: what the rack file says. Pure.

A place is a VLAN, the router, or the Internet. Machines of one VLAN are alike to the router, so a
rack of forty machines has no larger chart than one of four, and a VLAN that only visitors use is in
it too. What is allowed is asked of `desired.network.matrix`, as the twin does, for a machine that
is thought into each VLAN.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rackhouse.desired.network.fabric import home_of, router_node, vlans_of
from rackhouse.desired.network.matrix import expected
from rackhouse.desired.network.policy import DNS, SSH, Port, policy
from rackhouse.rack.model import Node, Rack, Reach, Vlan
from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.rack.words import Role

_HIGHEST = 9999  # a port that no rule names, or the next one below: what is open there is all open


class Kind(StrEnum):
    """What a place is."""

    VLAN = "VLAN"
    ROUTER = "router"
    INTERNET = "internet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row and a column. `key` is its name in addresses: the router may be called as a VLAN is."""

    kind: Kind
    name: str
    vlan: int = 0  # its number; of the router, its own VLAN's
    machines: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Good in an id: `vlan-cluster`, `router-gate`, `internet`."""
        return self.name if self.kind is Kind.INTERNET else f"{self.kind.lower()}-{self.name}"


class Why(StrEnum):
    """Why a pair is as it is."""

    SAME = "the same VLAN: the switch forwards it and asks no router"
    ROUTES = "it is the router: nothing stands before it"
    OFF = "the router has no firewall: it forwards everything"
    OUTSIDE = "nothing comes in from the Internet"
    RULES = "rules of the rack file"
    SERVED = "the router serves it"
    NO_RULE = "no rule opens it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What one place may open to another: `every` port, or `ports`, sorted."""

    source: Place
    target: Place
    every: bool
    ports: tuple[Port, ...]
    rules: tuple[Reach, ...]
    why: Why

    @property
    def key(self) -> str:
        """Good in an id."""
        return f"{self.source.key}-to-{self.target.key}"

    def allows(self, port: Port) -> bool:
        """Whether a connection to that port gets through."""
        return self.every or port in self.ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Every place, and every pair of them that packets can tell."""

    places: tuple[Place, ...]
    pairs: tuple[Pair, ...]

    @property
    def by_key(self) -> Mapping[tuple[str, str], Pair]:
        """The pairs, by the keys of source and target."""
        return {(pair.source.key, pair.target.key): pair for pair in self.pairs}


def chart(rack: Rack) -> Chart:
    """The chart of a rack; empty where its file has no VLANs."""
    found = tuple(_places(rack)) if rack.network.vlans else ()
    return Chart(places=found, pairs=tuple(_pairs(rack, found)))


def _places(rack: Rack) -> Iterator[Place]:
    router = router_node(rack)
    if router and (home := home_of(rack, router)):
        yield Place(kind=Kind.ROUTER, name=router.name, vlan=home.id, machines=(router.name,))
    for vlan in vlans_of(rack):
        yield Place(kind=Kind.VLAN, name=vlan.name, vlan=vlan.id, machines=_inside(rack, vlan))
    if rack.network.router:
        yield Place(kind=Kind.INTERNET, name=OUTSIDE, machines=(OUTSIDE,))


def _inside(rack: Rack, vlan: Vlan) -> tuple[str, ...]:
    router = router_node(rack)
    return tuple(n.name for n in rack.nodes if n != router and home_of(rack, n) == vlan)


def _pairs(rack: Rack, places: Collection[Place]) -> Iterator[Pair]:
    named = {Port(o.protocol, o.number) for r in rack.network.reach for o in r.ports if o.number}
    asked = sorted({*named, SSH, *(DNS if policy(rack).dns else ())})
    other = next(Port("tcp", n) for n in range(_HIGHEST, 0, -1) if Port("tcp", n) not in named)
    opens = expected(_peopled(rack), [*asked, other])
    for source in places:
        for target in places:
            if source == target and source.kind is not Kind.VLAN:
                continue
            who, whom = _one(source), _one(target)
            every = source == target or opens[who, whom, other]
            ports = tuple(p for p in asked if not every and opens[who, whom, p])
            yield _pair(rack, source, target, every=every, ports=ports)


def _one(place: Place) -> str:
    """A machine of that place: the one that is thought into a VLAN."""
    return f"_{place.name}" if place.kind is Kind.VLAN else place.name


def _peopled(rack: Rack) -> Rack:
    """The rack with its router, and one machine in each VLAN; no node's name begins with `_`."""
    router = router_node(rack)
    visitors = tuple(
        Node(name=f"_{vlan.name}", role=Role.DEV, address=vlan.subnet.network_address + 1)
        for vlan in rack.network.vlans
    )
    return replace(rack, nodes=(*([router] if router else []), *visitors))


def _pair(
    rack: Rack, source: Place, target: Place, *, every: bool, ports: tuple[Port, ...]
) -> Pair:
    rules = tuple(_rules(rack, source, target))
    why = _why(rack, source, target, rules=bool(rules), opens=every or bool(ports))
    return Pair(source=source, target=target, every=every, ports=ports, rules=rules, why=why)


def _why(rack: Rack, source: Place, target: Place, *, rules: bool, opens: bool) -> Why:
    beside = target.kind is Kind.ROUTER and source.vlan == target.vlan
    reasons = (
        (source == target, Why.SAME),
        (source.kind is Kind.ROUTER, Why.ROUTES),
        (source.kind is Kind.INTERNET, Why.OUTSIDE),
        (beside, Why.SAME),
        (not policy(rack).firewall, Why.OFF),
        (rules, Why.RULES),
        (opens, Why.SERVED),
    )
    return next((why for so, why in reasons if so), Why.NO_RULE)


def _rules(rack: Rack, source: Place, target: Place) -> Iterator[Reach]:
    """Those of the file that open something; a rule to the router's VLAN opens the router too."""
    if source.kind is not Kind.VLAN or source == target:
        return
    whom = target.name
    if target.kind is Kind.ROUTER:
        whom = next(vlan.name for vlan in rack.network.vlans if vlan.id == target.vlan)
    for reach in rack.network.reach:
        if (reach.source, reach.target) == (source.name, whom) and source.name != whom:
            yield reach
