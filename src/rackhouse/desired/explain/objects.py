"""One application's compiled objects, looked into as a cluster would look. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rackhouse.desired.case import Case
from rackhouse.desired.explain.told import Wanted
from rackhouse.desired.kube.edges import Edges, Manifest, Pod
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.pods import selector
from rackhouse.desired.kube.reach import workload
from rackhouse.resources.core import Id
from rackhouse.resources.kube import Object

_RUNNING = ("Deployment", "StatefulSet", "CronJob")


class Compiled:
    """What runs the application's pods, and the pod that it runs."""

    def __init__(self, case: Case, wanted: Wanted) -> None:
        home, name = Home.of(case), workload(case)
        ids = (home.id(kind, name) for kind in _RUNNING)
        self.workload: Id = next(id for id in ids if id in wanted)
        spec = wanted[self.workload].spec
        assert isinstance(spec, Object)
        body = manifest(spec)["spec"]
        body = body["jobTemplate"]["spec"] if self.workload.kind == "CronJob" else body
        self.pod: Manifest = body["template"]["spec"]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """All of the pod, those that come first too."""
        return [*(self.pod.get("initContainers") or ()), *self.pod["containers"]]

    def container(self, name: str) -> Manifest:
        """The one of that name."""
        return next(it for it in self.containers if it["name"] == name)

    @property
    def affinity(self) -> list[Manifest]:
        """What a node has to be like: expressions, all of which have to fit."""
        nodes = self.pod.get("affinity", {}).get("nodeAffinity", {})
        terms = nodes.get("requiredDuringSchedulingIgnoredDuringExecution", {})
        found = terms.get("nodeSelectorTerms", [])
        return [it for term in found for it in term.get("matchExpressions", ())]


def manifest(spec: Object) -> Manifest:
    """The object, with the printed form of what is known later."""
    found: Manifest = json.loads(str(spec.body))
    return found


def network(wanted: Wanted) -> Edges:
    """The verdict of all policies that are wanted."""
    return Edges(_of_kinds(wanted, {"NetworkPolicy", "Namespace"}))


def pod_of(case: Case) -> Pod:
    """An application's pods, as policies see them."""
    return Pod(Home.of(case).namespace, selector(case))


def _of_kinds(wanted: Wanted, kinds: set[str]) -> Iterable[Manifest]:
    return (
        manifest(it.spec)
        for it in wanted.values()
        if isinstance(it.spec, Object) and it.spec.kind in kinds
    )
