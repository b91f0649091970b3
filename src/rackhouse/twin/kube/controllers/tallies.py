"""What budgets and quotas have counted."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.admission import quota
from rackhouse.twin.kube.body import Body, at, labels_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods
from rackhouse.twin.kube.select import matches

_BUDGETS = "poddisruptionbudgets.policy"


def step(cluster: Cluster) -> None:
    """Count."""
    for budget in tuple(cluster.store.all(_BUDGETS)):
        _budget(cluster, budget)
    for held in tuple(cluster.store.all("resourcequotas")):
        hard = at(held, "spec", "hard") or {}
        used = quota.used(cluster, namespace_of(held), hard)
        hand.status(cluster, "resourcequotas", held, {"hard": hard, "used": used})


def _budget(cluster: Cluster, budget: Body) -> None:
    selector = at(budget, "spec", "selector")
    found = [
        it
        for it in cluster.store.all("pods", namespace_of(budget))
        if matches(selector, labels_of(it)) and not hand.leaving(it)
    ]
    healthy, expected = sum(map(hand.ready, found)), len(found)
    least, most = at(budget, "spec", "minAvailable"), at(budget, "spec", "maxUnavailable")
    if least is None:
        desired = expected - pods.share(1 if most is None else most, expected, up=True)
    else:
        desired = pods.share(least, expected, up=True)
    status = {
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": max(0, healthy - desired),
        "expectedPods": expected,
        "observedGeneration": at(budget, "metadata", "generation"),
        "conditions": at(budget, "status", "conditions"),
    }
    hand.status(cluster, _BUDGETS, budget, status)
