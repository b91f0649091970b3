"""Which components a cluster of a rack has, and how many copies of each. Pure.

Repositories and runners are on the rack's first cluster that has nodes: there is one Gitea.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rackhouse.desired.platform import table
from rackhouse.desired.platform.copied import copied
from rackhouse.desired.platform.pins import Pins
from rackhouse.desired.platform.table import Component, How
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.platform import LetsEncrypt
from rackhouse.rack.rules.finding import members, vlan_of
from rackhouse.rack.words import Role, Volumes

_SEVERAL = 3  # servers, from which on an address moves between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A component, how many copies of it one cluster has, and of which images."""

    component: Component
    copies: int = 1
    images: tuple[table.Image, ...] = ()


def shares(rack: Rack, cluster: str) -> tuple[Share, ...]:
    """All that the cluster of that name has, in the table's order."""
    found = (share for share in _shares(rack, cluster) if share.copies)
    return tuple(replace(it, images=images_of(rack, it.component)) for it in found)


def images_of(rack: Rack, component: Component) -> tuple[table.Image, ...]:
    """What it runs: of the table, and of what is Rackhouse's own, what the rack file names."""
    own = (table.Image(reference=rack.platform.image),) if rack.platform.image else ()
    if component is table.BROKER:
        return own
    if component is table.RUNNER and own:
        return (component.images[0], *own)
    return component.images


def images(rack: Rack) -> tuple[table.Image, ...]:
    """The images of the platform on all clusters of the rack, each once, sorted by name, but for
    one that the rack file names by its content.
    """
    names = _own(rack) or [first(rack)]
    found = {
        image.reference: image
        for name in names
        for share in shares(rack, name)
        if share.component.how in {How.CHART, How.MANIFESTS}
        for image in share.images
        if not image.pinned
    }
    return tuple(found[name] for name in sorted(found))


def unpinned(rack: Rack, pins: Pins) -> tuple[str, ...]:
    """Images that may be others tomorrow, since nobody resolved them."""
    return tuple(it.reference for it in images(rack) if it.reference not in pins.images)


def has_broker(rack: Rack, cluster: str) -> bool:
    """Whether jobs release on that cluster by themselves: it has Gitea, and Rackhouse's image."""
    here = is_own(rack, cluster) and cluster == first(rack)
    return here and rack.platform.forge is not None and bool(rack.platform.image)


def no_broker(rack: Rack, cluster: str) -> str:
    """What is missing before jobs release there by themselves, and how to mend it; "" nothing."""
    if cluster != first(rack) or rack.platform.forge is None or rack.platform.image:
        return ""
    return (
        "no job can release by itself: there is no broker until `platform.image` names an image of"
        " Rackhouse; docs/how-to/deliver-on-the-rack.md says how to build one"
    )


def nodes(rack: Rack, cluster: str) -> list[Node]:
    """The machines of a cluster; none where the rack file does not describe it."""
    found = next((each for each in rack.clusters if each.name == cluster), None)
    return members(rack, found) if found else []


def architectures(rack: Rack, cluster: str) -> tuple[str, ...]:
    """What images are built for there, sorted; "" where no node says what it is."""
    found = {str(node.arch) for node in nodes(rack, cluster) if node.arch}
    return tuple(sorted(found)) or ("",)


def is_own(rack: Rack, cluster: str) -> bool:
    """Whether it is of the rack's own machines, which have the rack's platform."""
    return any(each.name == cluster and each.nodes for each in rack.clusters)


def first(rack: Rack) -> str:
    """The cluster that repositories and runners are on: the first of the rack's own machines; of a
    rack that has none, the first that it names.
    """
    return next(iter([*_own(rack), *(each.name for each in rack.clusters), rack.name]))


def with_registry(rack: Rack) -> str:
    """The cluster of the rack's own machines whose Gitea has its images; "" where there is none."""
    own = _own(rack)
    return own[0] if own and rack.platform.forge is not None else ""


def certified(rack: Rack, cluster: str) -> LetsEncrypt | None:
    """How applications of that cluster have certificates that every browser trusts; None where they
    have the rack's own, or where the cluster is somebody else's.
    """
    theirs = any(each.name == cluster and not each.nodes for each in rack.clusters)
    return None if theirs else rack.platform.letsencrypt


def _own(rack: Rack) -> list[str]:
    return [each.name for each in rack.clusters if each.nodes]


def _shares(rack: Rack, cluster: str) -> Iterator[Share]:
    machines, data = nodes(rack, cluster), rack.data
    if data.postgres is not None:
        yield Share(component=table.POSTGRES_OPERATOR)
        yield Share(component=table.POSTGRES, copies=data.postgres.instances)
    if copied(rack, cluster):
        yield Share(component=table.COPIES)
    if data.cache is not None:
        yield Share(component=table.CACHE)
    if data.objects is not None and not data.objects.at:
        yield Share(component=table.OBJECTS)
    if rack.platform.forge is not None and cluster == first(rack):
        yield Share(component=table.GITEA)
        yield Share(component=table.RUNNER, copies=rack.platform.forge.runners)
        yield Share(component=table.BROKER, copies=has_broker(rack, cluster))
        yield Share(component=table.BUILDKIT, copies=len(architectures(rack, cluster)))
    if rack.platform.certificates or copied(rack, cluster) or certified(rack, cluster):
        yield Share(component=table.CERTIFICATES)
    if rack.platform.volumes == Volumes.LONGHORN:
        yield Share(component=table.LONGHORN, copies=len(machines) or 1)
    yield Share(component=table.GPU, copies=sum(node.gpu is not None for node in machines))
    yield Share(component=table.KUBE_VIP, copies=_moving(rack, machines))
    yield from (Share(component=it) for it in table.WITH_K3S)


def _moving(rack: Rack, machines: list[Node]) -> int:
    """Servers between which an address moves (`desired.k3s`)."""
    servers = [node for node in machines if node.role == Role.SERVER]
    vlan = vlan_of(rack, servers[0].address) if servers else None
    return len(servers) if vlan and vlan.virtual_ip and len(servers) >= _SEVERAL else 0
