"""The machine that routes, as resources of its host: interfaces, rules, addresses, names. Pure.

What can cut the way to it (`Networkd`, `Ruleset`) goes back by itself when nobody gets in any more.
Nothing is forwarded before the rules are there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from rackhouse.desired.network import dnsmasq, linux, nftables
from rackhouse.desired.network.fabric import gateways_of, router_node
from rackhouse.desired.network.names import Interfaces, names_of
from rackhouse.desired.network.policy import policy
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import File, Networkd, Packages, Ruleset, Sysctl, Unit

_FORWARD = ("net.ipv4.ip_forward", "1")


def router(rack: Rack, joined: Collection[str]) -> Iterator[Resource[Any]]:
    """The resources of the node that routes; none where none does, or where it has not joined."""
    node = router_node(rack)
    if node is None or node.name not in joined or not gateways_of(rack):
        return
    place, names, rules = f"host.{node.name}", names_of(rack), policy(rack)
    serves = rules.dns or bool(rules.dhcp)
    packages = Id(place, "packages", "router")
    wanted = ("dnsmasq-base", "nftables") if serves else ("nftables",)
    yield Resource(id=packages, spec=Packages(wanted))
    ways = list(_ways(rack, place, packages, names))
    yield from ways
    needs = frozenset(resource.id for resource in ways)
    forwarding = Sysctl((*linux.STRICT, _FORWARD))
    yield Resource(id=Id(place, "sysctl", "router"), spec=forwarding, needs=needs)
    if serves:
        yield from _served(rack, place, needs, names)


def _ways(rack: Rack, place: str, packages: Id, names: Interfaces) -> Iterator[Resource[Any]]:
    """Interfaces, and then the rules that name them."""
    networkd = Id(place, "networkd", "router")
    files = tuple(sorted(linux.interfaces(gateways_of(rack), names)))
    yield Resource(id=networkd, spec=Networkd(files))
    for table, text in sorted(nftables.tables(rack, names).items()):
        id = Id(place, "ruleset", table.removeprefix("rackhouse_"))
        needs = frozenset({packages, networkd})
        yield Resource(id=id, spec=Ruleset(table, Text.of(text)), needs=needs)


def _served(
    rack: Rack, place: str, needs: frozenset[Id], names: Interfaces
) -> Iterator[Resource[Any]]:
    """dnsmasq, which has to accept its file first."""
    conf, service = Id(place, "file", "dnsmasq"), Id(place, "file", "dnsmasq-service")
    check = ("dnsmasq", "--test", "--conf-file={}")
    path = f"/{dnsmasq.FILE}"
    yield Resource(
        id=conf, spec=File(path, Text.of(dnsmasq.render(rack, names)), check=check), needs=needs
    )
    path = f"/etc/systemd/system/{dnsmasq.UNIT}"
    yield Resource(id=service, spec=File(path, Text.of(dnsmasq.SERVICE)))
    digests = tuple(Text.of(file.ref("digest")) for file in (conf, service))
    yield Resource(id=Id(place, "unit", "dnsmasq"), spec=Unit(dnsmasq.UNIT, files=digests))
