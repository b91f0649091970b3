"""What an object of a kind has to be, in the words of Kubernetes' `validation` packages. Pure.

A part of the server's rules: those that a person who writes manifests meets. What is not here is
taken; `docs/reference/kube-twin.md` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.rules import (
    changes,
    claims,
    data,
    names,
    network,
    pods,
    services,
    workloads,
)

Rule = Callable[[Body], Iterator[Cause]]

_BY_KIND: Mapping[str, Rule] = {
    "configmaps": data.config_map,
    "secrets": data.secret,
    "pods": pods.pod,
    "services": services.service,
    "persistentvolumeclaims": claims.claim,
    "resourcequotas": claims.quota,
    "deployments.apps": workloads.deployment,
    "replicasets.apps": workloads.replica_set,
    "statefulsets.apps": workloads.stateful_set,
    "daemonsets.apps": workloads.daemon_set,
    "jobs.batch": workloads.job,
    "cronjobs.batch": workloads.cron_job,
    "ingresses.networking.k8s.io": network.ingress,
    "networkpolicies.networking.k8s.io": network.policy,
}


def causes(kind: Kind, live: Body | None, body: Body) -> Iterator[Cause]:
    """Everything that is wrong with the object, and with the change to it."""
    yield from names.causes(kind, body)
    if rule := _BY_KIND.get(kind.resource):
        yield from rule(body)
    if live is not None:
        yield from changes.causes(kind, live, body)
