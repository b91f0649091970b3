"""Whether a pod fits a node, and if not, why: in the words of kube-scheduler's plugins. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rackhouse.twin.kube.body import Body, at, labels_of, name_of
from rackhouse.twin.kube.quantities import parse
from rackhouse.twin.kube.select import expression, matches

_AFFINITY = "node(s) didn't match Pod's node affinity/selector"
_APART = "node(s) didn't match pod anti-affinity rules"
_UNEVEN = "node(s) didn't match pod topology spread constraints"
_TOO_MUCH = ("Insufficient cpu", "Insufficient memory", "Too many pods")
# Reasons that end when other pods go.
RESOLVABLE = frozenset({_APART, _UNEVEN, *_TOO_MUCH})
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_HARD = frozenset({"NoSchedule", "NoExecute"})


def may_run(spec: Mapping[str, Any], node: Body) -> bool:
    """Whether taints and affinity let a pod on a node, however full that is."""
    return not list(_refused(spec, node))


def why_not(pod: Body, node: Body, nodes: list[Body], others: list[Body]) -> str:
    """The first reason for which it does not go there; empty where it does."""
    spec = pod["spec"]
    here = [it for it in others if at(it, "spec", "nodeName") == name_of(node)]
    reasons = (*_refused(spec, node), *_full(spec, node, here), _apart(pod, here))
    return next(filter(None, (*reasons, _uneven(pod, node, nodes, others))), "")


def claims(pod: Body) -> Iterator[str]:
    """The names of the claims that a pod mounts."""
    for volume in at(pod, "spec", "volumes") or ():
        if name := at(volume, "persistentVolumeClaim", "claimName"):
            yield name


def _refused(spec: Mapping[str, Any], node: Body) -> Iterator[str]:
    if at(node, "spec", "unschedulable"):
        yield "node(s) were unschedulable"
    tolerations = spec.get("tolerations") or ()
    for taint in at(node, "spec", "taints") or ():
        if taint["effect"] in _HARD and not any(_tolerated(taint, it) for it in tolerations):
            yield "node(s) had untolerated taint(s)"
    labels = labels_of(node)
    if any(labels.get(key) != it for key, it in (spec.get("nodeSelector") or {}).items()):
        yield _AFFINITY
    required = at(spec, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
    if required is not None and not any(_term(it, node) for it in required):
        yield _AFFINITY


def _tolerated(taint: Body, it: Body) -> bool:
    if it.get("effect") not in {None, "", taint["effect"]}:
        return False
    if it.get("operator") == "Exists":
        return bool(it.get("key") in {None, "", taint["key"]})
    same = it.get("value", "") == taint.get("value", "")
    return bool(same and it.get("key") == taint["key"])


def _term(term: Body, node: Body) -> bool:
    fields = {"metadata.name": name_of(node)}
    said = [(it, labels_of(node)) for it in term.get("matchExpressions") or ()]
    said += [(it, fields) for it in term.get("matchFields") or ()]
    return bool(said) and all(expression(*it) for it in said)


def requests(spec: Mapping[str, Any]) -> dict[str, Decimal]:
    """What a pod asks for: all its containers, or the largest that starts before them."""
    steady: Counter[str] = Counter()
    most: dict[str, Decimal] = {}
    for it in spec.get("initContainers") or ():
        asked = _asked(it)
        if it.get("restartPolicy") == "Always":
            steady.update(asked)
        else:
            both = {key: value + steady[key] for key, value in asked.items()}
            most = {key: max(most.get(key, Decimal(0)), both[key]) for key in both} | {
                key: value for key, value in most.items() if key not in both
            }
    for it in spec.get("containers") or ():
        steady.update(_asked(it))
    return {key: max(Decimal(steady[key]), most.get(key, Decimal(0))) for key in {*steady, *most}}


def _asked(container: Body) -> dict[str, Decimal]:
    return {key: parse(it) for key, it in (at(container, "resources", "requests") or {}).items()}


def _full(spec: Mapping[str, Any], node: Body, here: list[Body]) -> Iterator[str]:
    room = {key: parse(it) for key, it in (at(node, "status", "allocatable") or {}).items()}
    if len(here) >= room.get("pods", Decimal(110)):
        yield "Too many pods"
    used: Counter[str] = Counter()
    for it in here:
        used.update(requests(it["spec"]))
    for key, asked in sorted(requests(spec).items()):
        if asked and asked + used[key] > room.get(key, Decimal(0)):
            yield f"Insufficient {key}"


def _apart(pod: Body, here: list[Body]) -> str:
    """Anti-affinity on the same node, which is all that the twin knows of topology."""
    terms = at(pod, "spec", "affinity", "podAntiAffinity", _REQUIRED) or ()
    for term in terms:
        for it in here:
            same = at(it, "metadata", "namespace") == at(pod, "metadata", "namespace")
            if same and matches(term.get("labelSelector"), labels_of(it)):
                return _APART
    return ""


def _uneven(pod: Body, node: Body, nodes: list[Body], others: list[Body]) -> str:
    """Whether it would be one too many in the node's part of the cluster."""
    for it in at(pod, "spec", "topologySpreadConstraints") or ():
        if it["whenUnsatisfiable"] != "DoNotSchedule":
            continue
        key = it["topologyKey"]
        if key not in labels_of(node):
            return f"{_UNEVEN} (missing required label)"
        parts = {name_of(each): labels_of(each).get(key, "") for each in nodes}
        count = Counter(dict.fromkeys(parts.values(), 0))
        for other in others:
            same = at(other, "metadata", "namespace") == at(pod, "metadata", "namespace")
            if same and matches(it.get("labelSelector"), labels_of(other)):
                count[parts.get(at(other, "spec", "nodeName"), "")] += 1
        del count[""]  # what has no part
        if count[labels_of(node)[key]] + 1 - min(count.values()) > it["maxSkew"]:
            return _UNEVEN
    return ""
