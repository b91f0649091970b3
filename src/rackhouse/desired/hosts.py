"""What the machines of the rack shall be: a place for each that has joined, and what lies on it.

Pure. What a machine is for adds to what every machine has. One that has joined and that the rack
file names no more keeps its place and is wanted empty, so that what is on it leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from rackhouse.desired.gpu import gpu
from rackhouse.desired.k3s import HostFacts, Known, k3s
from rackhouse.desired.k3s.members import machines
from rackhouse.desired.k3s.members import places as clusters
from rackhouse.desired.network.router import router
from rackhouse.desired.platform.wanted import with_registry
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.words import Disk
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import File, Hostname, Unit
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.registry import VAULT, password

_KEYS = Place(name="keys", kind="vault")  # what machines share, apart from applications' secrets
_NOTHING = Wanted(resources={}, places={})
_CARDS = frozenset({Disk.SD, Disk.EMMC, Disk.USB})  # flash that wears out by being written


def hosts(
    rack: Rack,
    joined: Mapping[str, Mapping[str, str]],
    facts: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    seen: Collection[str] = (),
    authority: str = "",
) -> Wanted:
    """The resources of every node that has joined; `joined` has each one's address, `facts` what
    was measured there when it did. `seen` names the places on which something was last seen,
    `authority` is the certificate (PEM) of the rack's, where that was made.
    """
    nodes = [node for node in rack.nodes if node.name in joined]
    resources = [resource for node in nodes for resource in _system(node)]
    known = {node.name: HostFacts.of(facts.get(node.name, {})) for node in nodes}
    resources += k3s(rack, Known(hosts=known, machines=machines(joined), authority=authority))
    resources += router(rack, joined)
    places = [_place(name, address) for name, address in joined.items()]
    places += clusters(rack, joined)
    wanted = Wanted(
        resources={resource.id: resource for resource in resources},
        places={place.name: place for place in (*places, _KEYS)} if places else {},
    )
    return wanted | gpu(rack, joined, seen) | (_registry(rack) if joined else _NOTHING)


def _registry(rack: Rack) -> Wanted:
    """As whom nodes pull from the rack's own registry. The cluster's side wants the same."""
    if not (cluster := with_registry(rack)):
        return _NOTHING
    made = password(cluster)
    return Wanted(resources={made.id: made}, places={VAULT.name: VAULT})


def target(node: str) -> str:
    """What the target of that node is called in ids."""
    return f"host.{node}"


def _place(node: str, address: Mapping[str, str]) -> Place:
    texts = {key: Text.of(value) for key, value in address.items()}
    return Place(name=target(node), kind="host", address=texts)


def _system(node: Node) -> Iterator[Resource[Any]]:
    """What every machine has, whatever it is for."""
    place = target(node.name)
    yield Resource(id=Id(place, "hostname", "self"), spec=Hostname(node.name))
    journal = Id(place, "file", "journald")
    yield Resource(
        id=journal,
        spec=File("/etc/systemd/journald.conf.d/50-rackhouse.conf", Text.of(_journald(node))),
    )
    digest = Text.of(journal.ref("digest"))
    yield Resource(
        id=Id(place, "unit", "journald"),
        spec=Unit("systemd-journald.service", files=(digest,)),
    )


def _journald(node: Node) -> str:
    """A card lives as long as it is not written to (k3s#11313), so its log is kept in memory."""
    limit = "Storage=volatile\nRuntimeMaxUse=64M" if node.disk in _CARDS else "SystemMaxUse=512M"
    return f"# Rackhouse\n[Journal]\n{limit}\n"
