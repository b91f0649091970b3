"""Where applications on a cluster are reached: what their Ingresses answer for. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing
from rackhouse.operations.cluster.whereabouts import server_of
from rackhouse.targets.kube.server import Server

_RACK, _OWNER = "rackhouse.dev/rack", "app.kubernetes.io/part-of"
_EVERY = "/apis/networking.k8s.io/v1/ingresses"


async def addresses(server: Server, rack: str) -> Mapping[str, str]:
    """The first address of each application of that rack that has any."""
    query = {"labelSelector": _RACK + "=" + rack}
    found = [it async for it in server.listed(_EVERY, query=query)]
    return {it["metadata"]["labels"][_OWNER]: url for it in found if (url := _url(it))}


async def address_there(house: OpenRack, application: str, cluster: str) -> str:
    """Its first address on that cluster. Missing where nobody outside of it is let in."""
    async with server_of(house, cluster) as server:
        found = await addresses(server, house.rack.name)
    if application not in found:
        what = f"{application} has no address on {cluster}"
        fix = "give it a resource of type route, and an `exposure` other than the loopback"
        raise Missing(what, fix=f"{fix}; `rackhouse explain {application}` says who may open it")
    return found[application]


def _url(ingress: Mapping[str, Any]) -> str:
    for rule in ingress["spec"].get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            return f"https://{rule['host']}{path.get('path') or '/'}"
    return ""
