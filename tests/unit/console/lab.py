"""A cluster to look at: the examples' objects as compiled, nodes, and a pod for each workload."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Any

from cluster_scene import DISKS, RESOURCES

from rackhouse.rack.load import load
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import settle
from rackhouse.twin.kube.hand import create
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, join
from unit.desired.kube.examples import APPLICATIONS, manifests, released

Manifest = dict[str, Any]
GIB = 2**30


def node(name: str, arch: str = "arm64", **more: Any) -> Manifest:
    """A machine that reports."""
    ready = more.pop("ready", True)
    condition = {"type": "Ready", "status": str(ready)}
    if not ready:
        condition |= {"message": "Kubelet stopped posting node status."}
    status = {
        "nodeInfo": {"architecture": arch, "kubeletVersion": "v1.34.1+k3s1"},
        "allocatable": {"memory": f"{8 * GIB // 1024}Ki"},
        "conditions": [condition],
    }
    return {"metadata": {"name": name}, "spec": more, "status": status}


def pods(found: list[Manifest], nodes: list[str]) -> list[Manifest]:
    """One for each workload, on the nodes in turn, ready."""
    made = []
    for it in found:
        if it["kind"] in {"Deployment", "StatefulSet"}:
            name = it["metadata"]["name"]
            where = it["metadata"]["namespace"]
            on = nodes[len(made) % len(nodes)]
            made.append(pod(where, f"{name}-{len(made)}", it["spec"]["template"], on))
    return made


def pod(namespace: str, name: str, template: Manifest, node: str = "") -> Manifest:
    """A pod of that template."""
    template = json.loads(json.dumps(template))
    ready = [{"type": "Ready", "status": "True"}] if node else []
    containers = [{"name": it["name"], "restartCount": 2} for it in template["spec"]["containers"]]
    return {
        "metadata": {**template["metadata"], "name": name, "namespace": namespace},
        "spec": {**template["spec"], "nodeName": node},
        "status": {
            "phase": "Running" if node else "Pending",
            "conditions": ready,
            "containerStatuses": containers if node else [],
        },
    }


def stranger(node: str) -> Manifest:
    """Somebody else's pod, without limits or labels."""
    template = {"metadata": {}, "spec": {"containers": [{"name": "it"}]}}
    return pod("elsewhere", "theirs", template, node)


def traefik(node: str) -> Manifest:
    """The ingress, as K3s labels it."""
    labels = {"app.kubernetes.io/name": "traefik"}
    container = {"name": "traefik", "image": "traefik:3.5", "ports": [{"containerPort": 8443}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return pod("kube-system", "traefik-1", template, node)


@cache
def _examples() -> str:
    """Compiled once for all tests."""
    apps = [released(folder) for folder in APPLICATIONS if folder.name != "quotes"]
    return json.dumps(manifests(load("domain: home.arpa"), apps))


def answers(*more: Manifest) -> dict[str, list[Manifest]]:
    """What an API server answers, by kind. `more`: pods besides those of the examples."""
    found: list[Manifest] = json.loads(_examples())
    kinds: defaultdict[str, list[Manifest]] = defaultdict(list)
    for it in found:
        kinds[it["kind"]].append({**it, "status": _status(it)})
    kinds["Node"] = [node("pi-1"), node("pi-2", unschedulable=True), node("box", "amd64")]
    mine = pods(found, ["pi-1", "pi-2"])
    kinds["Pod"] = [*mine, stranger("box"), traefik("pi-1"), *more]
    return kinds


def _status(it: Manifest) -> Manifest:
    if it["kind"] == "PersistentVolumeClaim":
        return {"phase": "Bound", "capacity": {"storage": "5Gi"}}
    if it["kind"] == "Deployment":
        return {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1,
                "availableReplicas": 1, "readyReplicas": 1}  # fmt: skip
    if it["kind"] == "StatefulSet":
        return {"observedGeneration": 1, "readyReplicas": 0}
    return {}


def lab() -> Cluster:
    """The examples as they run on three nodes of the twin; one of them cannot start."""
    cluster = Cluster()
    create(cluster, "storageclasses.storage.k8s.io", DISKS)
    join(cluster, Node(name="pi-1"))
    join(cluster, Node(name="pi-2", memory="4Gi"))
    join(cluster, Node(name="box", arch="amd64", memory="16Gi"))
    probe = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    cluster.images.tell("*/chat:*", Image(ready=False, probe=probe, logs=("listens <b>",)))
    apps = [released(folder) for folder in APPLICATIONS if folder.name != "quotes"]
    open_to_all = [replace(app, exposure="lan", public=True) for app in apps]
    found = manifests(load("domain: home.arpa"), open_to_all)
    for kind, resource in RESOURCES.items():
        for it in found:
            if it["kind"] == kind == "PersistentVolumeClaim":
                it["spec"]["storageClassName"] = "local-path"  # as its admission does
            if it["kind"] == kind:
                create(cluster, resource, it)
    settle(cluster)
    front = traefik("")
    create(cluster, "pods", {"metadata": front["metadata"], "spec": front["spec"]})
    settle(cluster)
    return cluster
