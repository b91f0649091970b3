"""What a Service has to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.rules import words

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def service(body: Body) -> Iterator[Cause]:
    """Ports that are ports, with names where there are several."""
    spec = body.get("spec") or {}
    ports = spec.get("ports") or ()
    if spec.get("type") not in _TYPES:
        yield words.unsupported("spec.type", spec.get("type"), _TYPES)
    if not ports and spec.get("type") != "ExternalName" and at(spec, "clusterIP") != "None":
        yield words.required("spec.ports")
    seen = set()
    for index, it in enumerate(ports):
        name, there = it.get("name"), f"spec.ports[{index}]"
        if not name and len(ports) > 1:
            yield words.required(f"{there}.name")
        if name and name in seen:
            yield words.duplicate(f"{there}.name", name)
        seen.add(name)
        yield from words.port(f"{there}.port", it.get("port"))
        yield from words.port(f"{there}.targetPort", it.get("targetPort"))
