"""The managed switch as resources: one for each socket, so that a plan names it. Pure.

The router's trunk, which carries most ways to the switch itself, comes after all other sockets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rackhouse.desired.network import linux
from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use, fabric
from rackhouse.desired.network.policy import managed_in
from rackhouse.rack.model import Rack
from rackhouse.rack.words import SwitchSystem
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import Networkd
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.switch import Port


def switches(
    rack: Rack, joined: Mapping[str, Mapping[str, str]], machines: Collection[str] = ()
) -> Wanted:
    """What the switches that have joined shall be; `joined` has each one's address. `machines` have
    joined as hosts: a Linux switch is one of them.

    One that the rack file names no more is wanted empty: what it was before comes back.
    """
    own = rack.network.switch
    names = [name for name in joined if own is not None and name == own.name]
    resources = [each for name in names for each in _ports(target(name), fabric(rack))]
    resources += _machine(rack, machines)
    places = [_place(name, address) for name, address in joined.items()]
    return Wanted(
        resources={resource.id: resource for resource in resources},
        places={place.name: place for place in places},
    )


def _machine(rack: Rack, joined: Collection[str]) -> Iterator[Resource[Any]]:
    """The switch that is a Linux machine: all its files together, as a resource of its host."""
    own, management = rack.network.switch, managed_in(rack)
    if own is None or own.name not in joined or own.system != SwitchSystem.LINUX:
        return
    assert management is not None, "a fabric has VLANs"
    files = linux.switch(fabric(rack), management)
    named = ((path.removeprefix(f"{linux.FOLDER}/"), text) for path, text in files.items())
    yield Resource(id=Id(f"host.{own.name}", "networkd", "switch"), spec=Networkd(tuple(named)))


def target(name: str) -> str:
    """What the target of that switch is called in ids."""
    return f"switch.{name}"


def _place(name: str, address: Mapping[str, str]) -> Place:
    texts = {key: Text.of(value) for key, value in address.items()}
    return Place(name=target(name), kind="switch", address=texts)


def _ports(place: str, made: Fabric) -> list[Resource[Any]]:
    trunks = [port for port in made.ports if port.use is Use.TRUNK]
    others = [port for port in made.ports if port.use is not Use.TRUNK]
    first = frozenset(_id(place, port) for port in others)
    return [
        *(Resource(id=_id(place, port), spec=_spec(port)) for port in others),
        *(Resource(id=_id(place, port), spec=_spec(port), follows=first) for port in trunks),
    ]


def _id(place: str, port: SwitchPort) -> Id:
    return Id(place, "port", str(port.number))


def _spec(port: SwitchPort) -> Port:
    # A trunk's own VLAN is the parking one: it drops what has no tag.
    untagged = 0 if port.use is Use.TRUNK else port.untagged
    return Port(untagged=untagged, tagged=port.tagged, plugged=port.node)
