"""Whether a live object does what it is there for, by its status. Pure; one function for each kind.

What is not in the table is ready when it exists. A claim is not waited for: its pod is, and says
why. Other kinds with a condition `Ready` are as that says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.kit.text import plural
from rackhouse.targets.kube.fields import Live


@dataclass(frozen=True, slots=True)
class Standing:
    """Ready, or why not. `lost`: waiting does not help; `stuck`: it seldom does; `unseen`: its
    controller has not looked at it yet, so what is there tells nothing.
    """

    ready: bool
    why: str = ""
    lost: bool = False
    stuck: bool = False
    unseen: bool = False


READY = Standing(ready=True)
_UNSEEN = Standing(ready=False, why="its controller has not looked at it yet", unseen=True)
WORKLOADS = frozenset({"DaemonSet", "Deployment", "StatefulSet"})


def standing(live: Live) -> Standing:
    """How it stands now."""
    status: Mapping[str, Any] = live.get("status") or {}
    if live["metadata"].get("deletionTimestamp"):
        return _not("it is being removed")
    seen = status.get("observedGeneration")
    if seen is not None and seen < live["metadata"].get("generation", 0):
        return _UNSEEN
    return _BY_KIND.get(live["kind"], _other)(live, status)


def condition(live: Live, kind: str) -> Mapping[str, Any]:
    """The condition of that type; empty where there is none."""
    every = (live.get("status") or {}).get("conditions") or ()
    return next((each for each in every if each.get("type") == kind), {})


def _not(why: str, *, lost: bool = False) -> Standing:
    return Standing(ready=False, why=why, lost=lost)


def unmade(message: str) -> Standing:
    """Why a controller may make no pod: `pods "web-1" is forbidden: exceeded quota: ...`."""
    said = re.sub(r'^.*?pods "[^"]*" is forbidden: ', "", message)
    why = f"no pod can be made: {said}" if said else "no pod can be made"
    return Standing(ready=False, why=why, lost="violates PodSecurity" in said, stuck=True)


def _deployment(live: Live, status: Mapping[str, Any]) -> Standing:
    if "observedGeneration" not in status:
        return _UNSEEN
    if condition(live, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        return _not("it made no progress for as long as it may", lost=True)
    failure = condition(live, "ReplicaFailure")
    if failure.get("status") == "True":
        return unmade(str(failure.get("message", "")))
    wanted, new = live["spec"].get("replicas", 1), status.get("updatedReplicas", 0)
    ready, old = status.get("availableReplicas", 0), status.get("replicas", 0) - new
    if new < wanted or ready < new:
        return _not(f"{min(ready, new)} of {plural(wanted, 'new pod')} ready")
    return _not(f"{plural(old, 'old pod')} on the way out") if old > 0 else READY


def _stateful(live: Live, status: Mapping[str, Any]) -> Standing:
    if "observedGeneration" not in status:
        return _UNSEEN
    wanted, up = live["spec"].get("replicas", 1), status.get("readyReplicas", 0)
    if up < wanted:
        return _not(f"{up} of {plural(wanted, 'pod')} ready")
    new, now = status.get("updateRevision"), status.get("currentRevision")
    if wanted and new and new != now and status.get("updatedReplicas", 0) < wanted:
        return _not(f"{status.get('updatedReplicas', 0)} of {plural(wanted, 'new pod')} made")
    return READY


def _daemon(_: Live, status: Mapping[str, Any]) -> Standing:
    if "observedGeneration" not in status:
        return _UNSEEN
    wanted = status.get("desiredNumberScheduled", 0)
    for word, what in (("updatedNumberScheduled", "made"), ("numberAvailable", "ready")):
        if status.get(word, 0) < wanted:
            return _not(f"{status.get(word, 0)} of {plural(wanted, 'pod')} {what}")
    return READY


def _job(live: Live, status: Mapping[str, Any]) -> Standing:
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        return _not(f"it failed: {failed.get('message') or failed.get('reason')}", lost=True)
    if condition(live, "Complete").get("status") == "True":
        return READY
    return _not("it runs" if status.get("active") else "it has not begun")


def _namespace(_: Live, status: Mapping[str, Any]) -> Standing:
    return READY if status.get("phase", "Active") == "Active" else _not("it is being removed")


def _service(live: Live, status: Mapping[str, Any]) -> Standing:
    if live["spec"].get("type") != "LoadBalancer":
        return READY
    there = (status.get("loadBalancer") or {}).get("ingress")
    return READY if there else _not("no load balancer has given it an address")


def _by_condition(kind: str) -> Callable[[Live, Mapping[str, Any]], Standing]:
    """For what is there when that condition says so."""

    def by(live: Live, _: Mapping[str, Any]) -> Standing:
        told = condition(live, kind)
        if told.get("status") == "True":
            return READY
        return _not(str(told.get("message") or told.get("reason") or f"it is not {kind.lower()}"))

    return by


def _applied(_: Live, status: Mapping[str, Any]) -> Standing:
    """As CloudNativePG says of databases and roles."""
    if status.get("applied") is True:
        return READY
    return _not(str(status.get("message") or "PostgreSQL has not been told of it yet"))


def _cluster(live: Live, status: Mapping[str, Any]) -> Standing:
    """Of PostgreSQL, as CloudNativePG says."""
    wanted, up = live["spec"].get("instances", 1), status.get("readyInstances", 0)
    if up >= wanted and condition(live, "Ready").get("status", "True") == "True":
        return READY
    phase = status.get("phase") or "its operator has not looked at it yet"
    return _not(f"{up} of {plural(wanted, 'instance')} ready: {phase}")


def _chart(live: Live, _: Mapping[str, Any]) -> Standing:
    """Of K3s's Helm controller, whose job is looked at beside it."""
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        return _not(f"it failed: {failed.get('message') or failed.get('reason')}", lost=True)
    return READY


def _other(live: Live, _: Mapping[str, Any]) -> Standing:
    told = condition(live, "Ready")
    if told.get("status", "True") == "True":
        return READY
    return _not(str(told.get("message") or told.get("reason") or "it is not ready"))


_BY_KIND: Mapping[str, Callable[[Live, Mapping[str, Any]], Standing]] = {
    "APIService": _by_condition("Available"),
    "Certificate": _by_condition("Ready"),
    "Cluster": _cluster,
    "ClusterIssuer": _by_condition("Ready"),
    "CustomResourceDefinition": _by_condition("Established"),
    "DaemonSet": _daemon,
    "Database": _applied,
    "DatabaseRole": _applied,
    "Deployment": _deployment,
    "HelmChart": _chart,
    "Issuer": _by_condition("Ready"),
    "Job": _job,
    "Namespace": _namespace,
    "Service": _service,
    "StatefulSet": _stateful,
}
