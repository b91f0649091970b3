"""ResourceQuota: what a namespace may hold, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rackhouse.twin.kube.answers import forbidden
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes import fit
from rackhouse.twin.kube.quantities import parse, text

_ENDED = frozenset({"Succeeded", "Failed"})
_COMPUTE = frozenset({"cpu", "memory", "ephemeral-storage"})


def check(cluster: Cluster, ask: Ask, live: Body | None, body: Body) -> None:
    """Raises Denied where the object would be more than a quota lets be."""
    for held in cluster.store.all("resourcequotas", ask.namespace):
        hard = at(held, "status", "hard") or {}  # as its controller has taken note of it
        new = _usage(ask.kind.resource, body, hard)
        old = _usage(ask.kind.resource, live, hard) if live else {}
        more = {key: it - old.get(key, Decimal(0)) for key, it in new.items()}
        if ask.kind.resource == "pods" and live is None:
            _must_say(ask, body, held, hard)
        before = _sums(cluster, ask.namespace, hard)
        over = [
            key
            for key, it in sorted(more.items())
            if it > 0 and before[key] + it > parse(hard[key])
        ]
        if over:
            said = [
                ",".join(f"{key}={text(amounts[key], key)}" for key in over)
                for amounts in (more, before)
            ]
            limited = ",".join(f"{key}={hard[key]}" for key in over)
            why = (
                f"exceeded quota: {name_of(held)}, requested: {said[0]}, used: {said[1]},"
                f" limited: {limited}"
            )
            raise forbidden(ask.kind, name_of(body), why)


def _must_say(ask: Ask, body: Body, held: Body, hard: Mapping[str, str]) -> None:
    """Under a quota of memory, a container has to say how much it takes."""
    missing: dict[str, list[str]] = {}
    for key in hard:
        part, _, resource = key.rpartition(".")
        if resource not in _COMPUTE:
            continue
        for it in body["spec"].get("containers") or ():
            if resource not in (at(it, "resources", part or "requests") or {}):
                missing.setdefault(key, []).append(it["name"])
    if missing:
        said = "; ".join(f"{key} for: {','.join(names)}" for key, names in sorted(missing.items()))
        raise forbidden(
            ask.kind, name_of(body), f"failed quota: {name_of(held)}: must specify {said}"
        )


def used(cluster: Cluster, namespace: str, hard: Mapping[str, str]) -> dict[str, str]:
    """What the namespace holds of what the quota counts."""
    sums = _sums(cluster, namespace, hard)
    return {key: text(sums[key], key) for key in sorted(hard)}


def _sums(cluster: Cluster, namespace: str, hard: Mapping[str, str]) -> dict[str, Decimal]:
    sums = dict.fromkeys(hard, Decimal(0))
    for resource in cluster.store.resources():
        for body in cluster.store.all(resource, namespace):
            for key, it in _usage(resource, body, hard).items():
                sums[key] += it
    return sums


def _usage(resource: str, body: Body, hard: Mapping[str, str]) -> dict[str, Decimal]:
    """How much of each key of the quota this object is."""
    counts = {f"count/{resource}": Decimal(1), resource: Decimal(1)}
    if resource == "pods":
        if at(body, "status", "phase") in _ENDED:
            counts = {f"count/{resource}": Decimal(1)}
        else:
            counts |= _compute(body["spec"])
    if resource == "persistentvolumeclaims":
        size = parse(at(body, "spec", "resources", "requests", "storage") or "0")
        counts["requests.storage"] = size
    if resource == "services" and at(body, "spec", "type") == "LoadBalancer":
        counts["services.loadbalancers"] = Decimal(1)
    return {key: it for key, it in counts.items() if key in hard}


def _compute(spec: Body) -> Mapping[str, Decimal]:
    asked = fit.requests(spec)
    limits = fit.requests(
        {
            key: [
                {**it, "resources": {"requests": at(it, "resources", "limits") or {}}}
                for it in spec.get(key) or ()
            ]
            for key in ("containers", "initContainers")
        }
    )
    return {
        **{key: it for key, it in asked.items() if key in _COMPUTE},
        **{f"requests.{key}": it for key, it in asked.items()},
        **{f"limits.{key}": it for key, it in limits.items()},
    }
