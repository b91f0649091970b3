"""A CRD is established, and its kind is served from then on."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import at
from rackhouse.twin.kube.cluster import CRDS, Cluster


def step(cluster: Cluster) -> None:
    """Establish those that are new."""
    for crd in tuple(cluster.store.all(CRDS)):
        if any(it["type"] == "Established" for it in at(crd, "status", "conditions") or ()):
            continue
        named = hand.condition(
            cluster, crd, "NamesAccepted", True, "NoConflicts", "no conflicts found"
        )
        held = {**crd, "status": {"conditions": named}}
        conditions = hand.condition(
            cluster,
            held,
            "Established",
            True,
            "InitialNamesAccepted",
            "the initial names have been accepted",
        )
        spec = crd["spec"]
        status = {
            "acceptedNames": spec["names"],
            "conditions": conditions,
            "storedVersions": [it["name"] for it in spec["versions"] if it.get("storage")],
        }
        hand.status(cluster, CRDS, crd, status)
    cluster.define()
