"""What a preview has in place of the house's data: a PostgreSQL of its own, in its own namespace.
And made-up words in place of secrets that a person set. All leaves with the namespace. Pure.

Nothing of the live application's can be reached, filled or slowed down from there, and whoever
opens previews needs no right where the house's data is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.networking_v1 import NetworkPolicy

from rackhouse.app.model import App, ResourceType
from rackhouse.desired.case import Case, Ground
from rackhouse.desired.embedded.part import Part
from rackhouse.desired.k3s.config import API as API_PORT
from rackhouse.desired.kube import platform, policies
from rackhouse.desired.kube.allow import from_, machine, names, peer, to
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.placement import data_affinity
from rackhouse.desired.kube.postgres import API, CLUSTER, IMAGE
from rackhouse.desired.kube.sizes import THROWAWAY
from rackhouse.desired.platform.wanted import nodes
from rackhouse.kit.errors import Refused
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Role
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.place import Place
from rackhouse.resources.vault import Given, Password

_STORAGE = "1Gi"
_SERVED = frozenset({ResourceType.POSTGRES, ResourceType.VECTOR})
HAS = _SERVED | {ResourceType.DNS, ResourceType.ROUTE, ResourceType.SECRET, ResourceType.VOLUME}


def check(rack: Rack, cluster: str, app: App) -> None:
    """Refused where it needs what no preview has there."""
    offered = HAS if _api_servers(rack, cluster) else HAS - _SERVED
    lacking = [f"{it.name} ({it.type})" for it in app.needs if it.type not in offered]
    if lacking:
        raise Refused(
            f"a cluster shows no preview of what needs {', '.join(lacking)}",
            fix="PostgreSQL, volumes and routes it can have; `rackhouse dev` has all the others",
        )


def ground(found: Ground, app: App) -> Ground:
    """What a preview stands on."""
    host = Text.of(f"{platform.POSTGRES.service}.{app.name}.svc")
    outputs = {"host": host, "port": Text.of(str(platform.POSTGRES.port))}
    own = Part(resources=(), place=Place(name="postgres", kind="postgres"), outputs=outputs)
    return replace(found, parts={"postgres": own}, preview=True)


def secrets(app: App) -> frozenset[str]:
    """`app.name` of every secret that a person would have set."""
    return frozenset(f"{app.name}.{it.name}" for it in app.needs if it.type is ResourceType.SECRET)


def made_up(it: Resource[Any]) -> Resource[Any]:
    """A word that is chosen, in place of one that a person set for the live application."""
    return replace(it, spec=Password()) if isinstance(it.spec, Given) else it


def server(case: Case) -> Iterator[Resource[Any]]:
    """The PostgreSQL of a preview that needs one, with the policies that close it."""
    users, home = {it: [case] for it in policies.data_services(case)}, Home.of(case)
    if not users:
        return
    yield from policies.of_data(home, users)
    yield _wall(home, _api_servers(case.ground.rack, home.cluster))
    walls = {home.id("NetworkPolicy", name) for name in ("closed", platform.POSTGRES.service)}
    spec = {
        "affinity": {"nodeAffinity": data_affinity().to_dict()["nodeAffinity"]},
        "enablePDB": False,  # it keeps no node from being emptied
        "enableSuperuserAccess": False,
        "imageName": IMAGE,
        "instances": 1,
        "postgresql": {"parameters": {"max_connections": "30", "shared_buffers": "32768kB"}},
        "priorityClassName": "rackhouse-previews",
        "resources": THROWAWAY.requirements.to_dict(),
        "storage": {"size": _STORAGE},
    }
    yield home.custom(API, "Cluster", CLUSTER, spec, needs=walls)


def _wall(home: Home, api_servers: list[n.NetworkPolicyPeer]) -> Resource[Any]:
    """Who may speak to it, and to whom it may. Whoever may release there may label a pod of theirs
    as one of its own: so it reaches the API server and, unlike the house's, nobody else there.
    """
    own = LabelSelector(matchLabels=dict(platform.POSTGRES.labels))
    itself, (operator, status) = n.NetworkPolicyPeer(podSelector=own), platform.OPERATOR
    at = [platform.POSTGRES.port, status]
    api = [to(*api_servers, at=[API_PORT])] if api_servers else []
    spec = n.NetworkPolicySpec(
        podSelector=own,
        policyTypes=["Ingress", "Egress"],
        ingress=[from_(itself, at=at), from_(peer(operator), at=[status])],
        egress=[to(itself, at=at), names(), *api],
    )
    metadata = home.metadata(platform.POSTGRES.service)
    return home.made(NetworkPolicy(metadata=metadata, spec=spec))


def _api_servers(rack: Rack, cluster: str) -> list[n.NetworkPolicyPeer]:
    found = (it for it in nodes(rack, cluster) if it.role == Role.SERVER)
    return [machine(it.address) for it in found if it.address]
