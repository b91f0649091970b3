"""Ways into an object beside itself: scale, eviction, token. And reviews, which none keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from rackhouse.twin.kube import access, reading, removing, writing
from rackhouse.twin.kube.access import Account
from rackhouse.twin.kube.answers import Denied, not_found
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, labels_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.select import matches

_LIVED = 3600  # seconds that a token is good for


def scale(cluster: Cluster, ask: Ask) -> Body:
    """GET, PUT or PATCH of the number of pods alone."""
    live = reading.get(cluster, _whole(ask))
    if ask.verb != "get":
        wanted = at(ask.body, "spec", "replicas")
        body = {**live, "spec": {**live["spec"], "replicas": wanted}}
        live = writing.update(cluster, _whole(ask, body))
    labels = at(live, "spec", "selector", "matchLabels") or {}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            key: it
            for key, it in live["metadata"].items()
            if key in {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}
        },
        "spec": {"replicas": at(live, "spec", "replicas") or 0},
        "status": {
            "replicas": at(live, "status", "replicas") or 0,
            "selector": ",".join(f"{key}={it}" for key, it in sorted(labels.items())),
        },
    }


def _whole(ask: Ask, body: Body | None = None) -> Ask:
    return Ask(
        verb="update",
        subresource=ask.subresource,
        kind=ask.kind,
        namespace=ask.namespace,
        name=ask.name,
        query=ask.query,
        body=body or {},
        agent=ask.agent,
    )


def evict(cluster: Cluster, ask: Ask) -> Body:
    """POST: delete a pod unless its budget says no."""
    pod = reading.get(cluster, _whole(ask))
    for budget in cluster.store.all("poddisruptionbudgets.policy", ask.namespace):
        spare = at(budget, "status", "disruptionsAllowed") or 0
        if matches(at(budget, "spec", "selector"), labels_of(pod)) and spare < 1:
            name = budget["metadata"]["name"]
            cause = {
                "reason": "DisruptionBudget",
                "message": f"The disruption budget {name} needs"
                f" {at(budget, 'status', 'desiredHealthy') or 0} healthy pods and has"
                f" {at(budget, 'status', 'currentHealthy') or 0} currently",
            }
            raise Denied(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                details={"causes": [cause]},
            )
    removing.remove(cluster, "pods", pod)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def token(cluster: Cluster, ask: Ask) -> Body:
    """POST: a token for a service account, worthless beyond this server."""
    if cluster.store.get("serviceaccounts", ask.namespace, ask.name) is None:
        raise not_found(ask.kind, ask.name)
    lived = int(at(ask.body, "spec", "expirationSeconds") or _LIVED)
    until = cluster.clock() + timedelta(seconds=lived)
    made = f"twin.{ask.namespace}.{ask.name}.{cluster.suffix(20)}"
    cluster.accounts[made] = Account(ask.namespace, ask.name, until)
    status = {"token": made, "expirationTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    body = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", **ask.body}
    return {**body, "status": status}


def _review(cluster: Cluster, ask: Ask) -> Body:
    """Whether whoever asks may; of others it is said that they may."""
    body = {**ask.body, "kind": ask.kind.kind, "apiVersion": ask.kind.api}
    said = at(body, "spec", "resourceAttributes") or {}
    account, part = access.known(cluster, ask.who), said.get("subresource")
    wanted = access.Wanted(
        said.get("group", ""),
        said.get("resource", "") + (f"/{part}" if part else ""),
        said.get("namespace", ""),
        said.get("name", ""),
    )
    if account is None or ask.kind.plural != "selfsubjectaccessreviews":
        return {**body, "status": {"allowed": True}}
    allowed = access.may(cluster, account, said.get("verb", ""), wanted)
    return {**body, "status": {"allowed": allowed}}


def _who(cluster: Cluster, ask: Ask) -> Body:
    account = access.known(cluster, ask.who)
    name = account.user if account else "twin"
    user = {"username": name, "groups": ["system:authenticated"]}
    return {"kind": ask.kind.kind, "apiVersion": ask.kind.api, "status": {"userInfo": user}}


Do = Callable[[Cluster, Ask], Body]
DO: Mapping[tuple[str, str], Do] = {
    **{("scale", verb): scale for verb in ("get", "update", "patch", "apply")},
    ("eviction", "create"): evict,
    ("token", "create"): token,
}
REVIEWS: Mapping[str, Do] = {
    "selfsubjectaccessreviews": _review,
    "subjectaccessreviews": _review,
    "localsubjectaccessreviews": _review,
    "selfsubjectreviews": _who,
}
