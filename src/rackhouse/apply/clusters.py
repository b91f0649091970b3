"""Which clusters have joined this rack, and how each is reached.

Kept in the store, the kubeconfigs among its secrets; reaches none. What leads to a cluster is
stamped when it joins, so that a plan can look at the cluster at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rackhouse.apply import last_seen
from rackhouse.apply.moved import moved, note
from rackhouse.resources import gitea
from rackhouse.resources.clusters import KEYS, kubeconfig_id, place
from rackhouse.resources.core import Hidden
from rackhouse.resources.place import Wanted
from rackhouse.resources.seen import Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.protocol import Target


def joined(store: Store) -> Mapping[str, Hidden]:
    """The kubeconfig of each cluster that has joined, by its name."""
    return {id.name: values["value"] for id, values in sorted(store.chosen(KEYS, "given").items())}


def uids(store: Store) -> Mapping[str, str]:
    """What tells each cluster from others, by its name; "" where that was not asked."""
    found = sorted(store.chosen(KEYS, "given").items())
    return {id.name: values["uid"].reveal() if "uid" in values else "" for id, values in found}


async def join(
    store: Store, vault: Target, rack: str, cluster: str, kubeconfig: Hidden, *, uid: str = ""
) -> None:
    """From now on plans are about that cluster too, or reach it otherwise. Under the rack's lock.

    `vault` is the opened place `clusters`; `uid` is the cluster's own, "" for the one it had.
    """
    from rackhouse.desired.clusters import access

    resource = access(cluster)
    uid = uid or uids(store).get(cluster, "")
    values = {"value": kubeconfig.reveal(), **({"uid": uid} if uid else {})}
    there = store.choose(resource.id, lambda: values)
    if values != {name: value.reveal() for name, value in there.items()}:
        store.replace(resource.id, values)
    stamp = Stamp(rack=rack, digest=resource.digest, keep=True)
    await vault.ensure(resource, stamp, {}, lambda _: None)


def leave(store: Store, cluster: str) -> None:
    """From now on no plan is about it; what is on it stays. Under the rack's lock."""
    id = kubeconfig_id(cluster)
    store.forget(id)
    store.drop_stamp(id)
    for gone in (place(cluster), gitea.place(cluster)):
        last_seen.forget_place(store, gone)


def note_moved(store: Store, wanted: Wanted, clusters: Collection[str]) -> None:
    """Nothing was left to do on these clusters. Writes only when that is news."""
    stay = {name: where for name, where in moved(store).items() if where not in clusters}
    note(store, {**stay, **runs_on(wanted, clusters)})


def runs_on(wanted: Wanted, clusters: Collection[str]) -> Mapping[str, str]:
    """The cluster of each application that is wanted on one of these."""
    names = {place(cluster): cluster for cluster in clusters}
    owners = {(it.owner, it.id.target) for it in wanted.resources.values() if it.owner != "rack"}
    return {owner: names[target] for owner, target in sorted(owners) if target in names}
