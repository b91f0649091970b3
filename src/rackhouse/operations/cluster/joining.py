"""A cluster joins: asked what it is, whether it lets us, and whose it is; then remembered.

Nothing is changed on it: all else is for plans, which are about it from then on.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rackhouse.apply import clusters
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing, RackhouseError, Refused
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.cluster.reach import reach
from rackhouse.operations.cluster.way_in import ends_soon, of_k3s
from rackhouse.resources.clusters import KEYS, previews
from rackhouse.resources.core import Hidden
from rackhouse.resources.place import Place
from rackhouse.store.lock import hold
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server

OLDEST = (1, 30)  # sidecars that others wait for: init containers that stay
_RACK = "rackhouse.dev/rack"
_RIGHTS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@dataclass(frozen=True, slots=True)
class Joined:
    """What answered: its address, the version that it runs, what to know of the way there."""

    server: str
    version: str
    caution: str = ""


async def join(house: OpenRack, cluster: str, kubeconfig: Hidden) -> Joined:
    """Ask, and remember. Missing: the rack file knows no such cluster; Refused: it has joined under
    another name. What `asked` raises.
    """
    _check_named(house, cluster)
    server = Server(read(kubeconfig.reveal()))
    try:
        found = await asked(server, house.rack.name)
        uid = await _uid(server)
    finally:
        await server.close()
    _check_other(house, cluster, found.server, uid)
    await remember(house, cluster, kubeconfig, uid)
    return found


async def asked(server: Server, rack: str) -> Joined:
    """Whether this rack may have that cluster. Refused where it is too old, lets us not write, or
    is another rack's; Unavailable when it does not answer.
    """
    version = await version_of(server)
    await _check_rights(server)
    await _check_free(server, rack)
    return Joined(server.where, version, server.access.caution)


async def remember(house: OpenRack, cluster: str, kubeconfig: Hidden, uid: str = "") -> None:
    """From now on plans reach it so. `uid` as `clusters.join` has it."""
    vault = house.open_place(Place(name=KEYS, kind="vault"), {})
    with hold(house.paths.lock, f"cluster add {cluster}", time.time()):
        await clusters.join(house.store, vault, house.rack.name, cluster, kubeconfig, uid=uid)


async def renew(house: OpenRack, now: datetime) -> tuple[str, ...]:
    """Fetch anew what ends within 30 days, of K3s that the rack set up; the clusters of which that
    was done. One whose servers do not answer keeps what it has: plans say when that has ended.
    """
    done = []
    for name, kubeconfig in clusters.joined(house.store).items():
        own = any(each.name == name and each.k3s for each in house.rack.clusters)
        if own and ends_soon(kubeconfig, now):
            with suppress(RackhouseError):
                await remember(house, name, await of_k3s(reach(house, name)))
                done.append(name)
    return tuple(done)


def forget(house: OpenRack, cluster: str) -> None:
    """No plan is about it any more; what is on it stays. Missing when it has not joined."""
    known = clusters.joined(house.store)
    if cluster not in known:
        what = f"{cluster} has not joined.{did_you_mean(cluster, known)}"
        raise Missing(what, fix=f"joined: {', '.join(known) or 'none'}")
    with hold(house.paths.lock, f"cluster forget {cluster}", time.time()):
        clusters.leave(house.store, cluster)


async def version_of(server: Server) -> str:
    """`v1.34.1+k3s1`. Refused where plans cannot be about so old a one."""
    said = str((await server.ask("GET", "/version"))["gitVersion"])
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        what = f"it runs Kubernetes {said}; {oldest} is the oldest that this can be about"
        raise Refused(what, where=server.where, fix="upgrade it, one minor version at a time")
    return said


async def _uid(server: Server) -> str:
    """What tells this cluster from others, whatever its addresses: it is made with it."""
    found = await server.ask("GET", "/api/v1/namespaces/kube-system", fine=(404,))
    return str(found["metadata"]["uid"]) if found else ""


def _check_other(house: OpenRack, cluster: str, server: str, uid: str) -> None:
    """One cluster under two names would have all of the one removed for the other."""
    uids = clusters.uids(house.store)
    for name, kubeconfig in clusters.joined(house.store).items():
        same = bool(uid) and uids[name] == uid
        if name != cluster and (same or read(kubeconfig.reveal()).server == server):
            fix = f"name another --context, or first `rackhouse cluster forget {name}`"
            raise Refused(f"this is the cluster that joined as {name!r}", where=server, fix=fix)


async def _check_rights(server: Server) -> None:
    everything = {"verb": "*", "group": "*", "resource": "*"}
    body: dict[str, Any] = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": everything},
    }
    review = await server.ask("POST", _RIGHTS, body=body)
    if not review["status"].get("allowed"):
        fix = "bind that account to `cluster-admin`, or name a --context whose account is"
        what = "the account of this kubeconfig may not write everything that a rack has there"
        raise Refused(what, where=server.where, fix=fix)


async def _check_free(server: Server, rack: str) -> None:
    """Two racks on one cluster would each take the other's ingress, names and data."""
    query = {"labelSelector": _RACK}
    async for each in server.listed("/api/v1/namespaces", query=query):
        other = each["metadata"]["labels"][_RACK]
        if other not in {rack, previews(rack)}:
            where, name = server.where, each["metadata"]["name"]
            fix = "one cluster has one rack: empty it there first, or rename one of the two"
            what = f"the rack {other!r} has this cluster already (its namespace {name})"
            raise Refused(what, where=where, fix=fix)


def _check_named(house: OpenRack, cluster: str) -> None:
    names = [each.name for each in house.rack.clusters]
    if cluster not in names:
        what = f"the rack file has no cluster {cluster!r}.{did_you_mean(cluster, names)}"
        raise Missing(what, fix=f"one that is there already is `clusters: {{{cluster}: {{}}}}`")
