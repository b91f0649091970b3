"""Services: who of the pods answers for them, and an address outside where one is given."""

from __future__ import annotations

from typing import Any

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.body import Body, at, labels_of, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster

_SLICES = "endpointslices.discovery.k8s.io"
_SERVICE = "kubernetes.io/service-name"
_BY = "endpointslice.kubernetes.io/managed-by"
_ME = "endpointslice-controller.k8s.io"


def step(cluster: Cluster) -> None:
    """Note the pods and the address of each."""
    for service in tuple(cluster.store.all("services")):
        if at(service, "spec", "selector"):
            _slice(cluster, service)
        if at(service, "spec", "type") == "LoadBalancer":
            _address(cluster, service)


def _slice(cluster: Cluster, service: Body) -> None:
    selector = service["spec"]["selector"]
    chosen = [
        it
        for it in cluster.store.all("pods", namespace_of(service))
        if all(labels_of(it).get(key) == value for key, value in selector.items())
        and at(it, "status", "podIP")
    ]
    endpoints = [_endpoint(it) for it in chosen]
    ports = [_port(it, chosen) for it in service["spec"].get("ports") or ()]
    found = [it for it in hand.owned(cluster, _SLICES, service) if labels_of(it).get(_BY) == _ME]
    new = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}
    if not found:
        metadata = {
            "generateName": f"{name_of(service)}-",
            "namespace": namespace_of(service),
            "labels": {_SERVICE: name_of(service), _BY: _ME},
            "ownerReferences": [hand.owner(service)],
        }
        hand.create(cluster, _SLICES, {"metadata": metadata, **new})
    elif any(found[0].get(key) != it for key, it in new.items()):
        hand.update(cluster, _SLICES, {**found[0], **new})
    for it in found[1:]:
        removing.remove(cluster, _SLICES, it)


def _endpoint(pod: Body) -> Body:
    ready = hand.ready(pod)
    conditions = {"ready": ready, "serving": ready, "terminating": hand.leaving(pod)}
    target = {"kind": "Pod", "name": name_of(pod), "namespace": namespace_of(pod)}
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": conditions,
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": target,
    }


def _port(port: Body, pods: list[Body]) -> Body:
    target: Any = port["targetPort"]
    if isinstance(target, str) and pods:
        named = [
            it["containerPort"]
            for container in pods[0]["spec"]["containers"]
            for it in container.get("ports") or ()
            if it.get("name") == target
        ]
        target = named[0] if named else None
    found = {"name": port.get("name", ""), "protocol": port["protocol"]}
    return {**found, "port": target} if isinstance(target, int) else found


def _address(cluster: Cluster, service: Body) -> None:
    """Each has one of the given addresses to itself, while there are any."""
    if at(service, "status", "loadBalancer", "ingress"):
        return
    taken = {
        it["ip"]
        for other in cluster.store.all("services")
        for it in at(other, "status", "loadBalancer", "ingress") or ()
    }
    free = [it for it in cluster.addresses if it not in taken]
    if free:
        status = {"loadBalancer": {"ingress": [{"ip": free[0], "ipMode": "VIP"}]}}
        hand.status(cluster, "services", service, status)
