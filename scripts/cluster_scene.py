"""A cluster to take a picture of: the reference rack's, with the examples on it, on the twin.

Nothing runs. The twin's scheduler and kubelets place and start what the product compiles; what an
operator or K3s would add is put there by hand: PostgreSQL's pods, and Traefik's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rackhouse.app.model import App
from rackhouse.app.sources import read_source, release_of
from rackhouse.desired.clusters import clusters, sides
from rackhouse.rack.model import Application, Rack
from rackhouse.resources.kube import Object, Secret
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import settle
from rackhouse.twin.kube.hand import create, update
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, join

PROBE = "Readiness probe failed: HTTP probe failed with statuscode: 503"
LOG = (
    "chat: listening at 0.0.0.0:8080",
    "chat: the cache is of another version: refusing /healthz",
)
LEFT_OUT = {"quotes"}  # it waits for an image that nobody here builds
RESOURCES = {
    "Namespace": "namespaces",
    "PriorityClass": "priorityclasses.scheduling.k8s.io",
    "ServiceAccount": "serviceaccounts",
    "ResourceQuota": "resourcequotas",
    "LimitRange": "limitranges",
    "ConfigMap": "configmaps",
    "Secret": "secrets",
    "PodDisruptionBudget": "poddisruptionbudgets.policy",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Service": "services",
    "NetworkPolicy": "networkpolicies.networking.k8s.io",
    "Deployment": "deployments.apps",
    "StatefulSet": "statefulsets.apps",
    "CronJob": "cronjobs.batch",
    "Ingress": "ingresses.networking.k8s.io",
}
DISKS: Body = {
    "metadata": {
        "name": "local-path",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    },
    "provisioner": "rancher.io/local-path",
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def scene(rack: Rack, examples: Path) -> Cluster:
    """On each application's first release, but for `chat`: its second does not become ready."""
    cluster = Cluster()
    create(cluster, "storageclasses.storage.k8s.io", DISKS)
    for node in rack.nodes:
        if node.name in rack.clusters[0].nodes:
            labels = {"rackhouse.dev/disk": str(node.disk)}
            memory = f"{node.memory // 2**20}Mi"
            join(cluster, Node(name=node.name, memory=memory, labels=labels))
    folders = [it for it in sorted((examples / "apps").iterdir()) if it.name not in LEFT_OUT]
    found = list(manifests(rack, [released(folder, 1) for folder in folders]))
    for kind, resource in RESOURCES.items():
        for it in found:
            if it["kind"] == kind:
                create(cluster, resource, it)
    settle(cluster)
    for it in (*postgres(), traefik()):
        create(cluster, "pods", it)
    settle(cluster)
    cluster.images.tell("*/chat:r2", Image(ready=False, probe=PROBE, logs=LOG))
    for it in manifests(rack, [released(examples / "apps" / "chat", 2)]):
        if it["kind"] == "Deployment" and it["metadata"]["name"] == "web":
            update(cluster, "deployments.apps", it)
    settle(cluster)
    return cluster


def released(folder: Path, number: int) -> App:
    """As a push of that folder makes it: with an image in the rack's own registry."""
    source = read_source(folder)
    image = f"git.home.arpa/home/{source.app.name}:r{number}"
    release = replace(release_of(source, number), image=image)
    return replace(source.app, uid=source.app.name, release=release, exposure="lan", public=True)


def manifests(rack: Rack, apps: list[App]) -> Iterator[Body]:
    """The platform's objects and theirs; of Secrets, the names alone."""
    entries = tuple(Application(name=app.name, cluster=rack.clusters[0].name) for app in apps)
    rack = replace(rack, applications=entries)
    found = clusters(rack, sides(rack, apps, [rack.clusters[0].name]), ())
    for it in found.resources.values():
        if isinstance(it.spec, Object):
            body = json.loads(str(it.spec.body))
            if body["kind"] == "PersistentVolumeClaim":
                body["spec"]["storageClassName"] = "local-path"  # as K3s' admission does
            yield body
        elif isinstance(it.spec, Secret):
            about = {"name": it.spec.name, "namespace": it.spec.namespace}
            labels = dict(it.spec.labels)
            yield {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {**about, "labels": labels},
                "stringData": {key: "" for key, _ in it.spec.values},
                "type": it.spec.type,
            }


def postgres() -> Iterator[Body]:
    """The pods that CloudNativePG makes, one on each node that has a disk."""
    labels = {"cnpg.io/cluster": "postgres", "app.kubernetes.io/name": "postgresql"}
    for number, node in enumerate(("pi-1", "pi-2", "pi-3"), 1):
        yield {
            "metadata": {"name": f"postgres-{number}", "namespace": "data", "labels": labels},
            "spec": {"nodeName": node, **running("postgres", "postgresql", 5432, "256Mi")},
        }


def traefik() -> Body:
    """The ingress, as K3s labels it."""
    labels = {"app.kubernetes.io/name": "traefik"}
    return {
        "metadata": {"name": "traefik-7d5c", "namespace": "kube-system", "labels": labels},
        "spec": running("traefik", "traefik", 8443, "64Mi"),
    }


def running(name: str, image: str, port: int, memory: str) -> Body:
    """A pod's spec; what `restricted` asks of it besides."""
    closed: Body = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {
        "name": name,
        "image": f"{image}:1",
        "ports": [{"containerPort": port}],
        "resources": {"requests": {"memory": memory}, "limits": {"memory": memory}},
        "securityContext": closed,
    }
    return {"containers": [container]}
