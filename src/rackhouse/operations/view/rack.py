"""`view`: the whole rack at this moment, from what is written down."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rackhouse.operations.view.applications import applications
from rackhouse.operations.view.changes import hints, last_apply
from rackhouse.operations.view.house import House
from rackhouse.operations.view.model import (
    SETTLED,
    AppView,
    NodeView,
    PartView,
    RackView,
    SwitchView,
    VlanView,
)
from rackhouse.operations.view.routes import routes
from rackhouse.operations.view.units import ENDED, parts, read_units
from rackhouse.rack.idle import idle
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.supervisor import client


def view(house: House) -> RackView:
    """The rack at this moment. Milliseconds; reads files and changes nothing."""
    store, rack = house.store, house.rack
    supervised = client.running(house.paths) is not None
    states = read_units(house.paths, supervised=supervised)
    ways = routes(store)
    gone = {row.name for row in store.applications() if row.removed}  # on purpose, or expired
    named = {entry.name for entry in rack.applications if entry.folder} - gone
    apps = applications(store, states, ways, named)
    units = parts(states, {app.name for app in apps}, store, house.paths)
    why = tuple(_why(units, apps, named, supervised=supervised))
    last = last_apply(house)
    return RackView(
        name=rack.name,
        domain=rack.domain,
        ready=not why,
        supervisor=supervised,
        why=why,
        parts=units,
        applications=apps,
        routes=ways,
        nodes=tuple(_node(node, rack.network.vlans) for node in rack.nodes),
        switch=_switch(rack),
        vlans=tuple(
            VlanView(name=v.name, id=v.id, subnet=str(v.subnet)) for v in rack.network.vlans
        ),
        last_apply=last,
        hints=tuple(hints(house, last)),
        notes=idle(rack),
    )


def _why(
    units: Sequence[PartView], apps: Sequence[AppView], named: Collection[str], *, supervised: bool
) -> Iterator[str]:
    """One line for each thing that does not serve, and one alone for all that a supervisor would
    keep. What was never live is missed by nobody, unless the rack file names it.
    """
    if not supervised:
        yield "the supervisor does not run: start it with `rackhouse up`"
    elif not units:
        yield "nothing runs yet"
    for unit in units:
        if unit.phase not in SETTLED and unit.why != ENDED:
            yield f"{unit.name}: {unit.why or unit.phase.value}"
    for app in apps:
        missed = app.release or app.name in named
        if app.phase not in SETTLED and missed and app.why != ENDED:
            yield f"{app.name}: {app.why or app.phase.value}"


def _node(node: Node, vlans: Sequence[Vlan]) -> NodeView:
    here = (vlan.name for vlan in vlans if node.address and node.address in vlan.subnet)
    return NodeView(
        name=node.name,
        role=node.role.value,
        board=node.board,
        address=str(node.address or ""),
        port=node.port,
        vlan=next(here, ""),
    )


def _switch(rack: Rack) -> SwitchView | None:
    switch = rack.network.switch
    return (
        SwitchView(name=switch.name, ports=switch.ports, uplink=switch.uplink) if switch else None
    )
