"""A cluster in memory and the target on it, for tests: what a rack named `lab` sees of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text, Values
from rackhouse.resources.kube import KINDS, Object, Secret
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.target import Kube
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import drive

NAME = "kube.home"
# What comes is waited for as long as a busy machine may take; what does not, briefly.
PATIENT = Pace(20.0, 20.0, 20.0, 20.0, 20.0, 20.0, first=0.01, most=0.05)
BRIEF = Pace(ready=20.0, kind=0.2, gone=0.2, stuck=0.2, away=0.2, chart=0.2, first=0.01, most=0.05)


def made(
    kind: str, name: str, namespace: str = "", *, keep: bool = False, **body: Any
) -> Resource[Object]:
    """An object, as desired would make it."""
    metadata: dict[str, Any] = {"name": name, **body.pop("metadata", {})}
    if namespace:
        metadata["namespace"] = namespace
    api = KINDS[kind]
    text = json.dumps({"apiVersion": api, "kind": kind, "metadata": metadata, **body})
    spec = Object(api=api, kind=kind, namespace=namespace, name=name, body=Text.of(text))
    id = Id(NAME, kind, f"{namespace}.{name}" if namespace else name)
    return Resource(id=id, spec=spec, owner="hello", uid="u1", keep=keep)


def secret(name: str, namespace: str, **values: Text) -> Resource[Secret]:
    """A Secret, as desired would make it."""
    spec = Secret(namespace=namespace, name=name, values=tuple(values.items()))
    return Resource(id=Id(NAME, "Secret", f"{namespace}.{name}"), spec=spec, owner="hello")


@asynccontextmanager
async def driven(cluster: Cluster) -> AsyncIterator[None]:
    """Its controllers, nodes and scheduler work meanwhile."""
    task = asyncio.create_task(drive(cluster))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def web(image: str = "hello:r1", *, kind: str = "Deployment", **pod: Any) -> Resource[Object]:
    """What runs a web application of one pod."""
    labels = {"app": "web"}
    container = {"name": "web", "image": image, **pod}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    if kind != "DaemonSet":
        spec["replicas"] = 1
    if kind == "Deployment":
        rolling = {"maxSurge": 1, "maxUnavailable": 0}
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    if kind == "StatefulSet":
        spec["serviceName"] = "web"
    return made(kind, "web", "hello", spec=spec)


def defined(kind: str, plural: str) -> Resource[Object]:
    """What brings a kind, whatever is in its objects."""
    group, _, version = KINDS[kind].partition("/")
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    served = {
        "name": version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    spec = {"group": group, "names": names, "scope": "Namespaced", "versions": [served]}
    return made("CustomResourceDefinition", f"{plural}.{group}", spec=spec)


@dataclass
class Lab:
    """One rack on one cluster. `heard` is what was said meanwhile."""

    cluster: Cluster
    rack: str = "lab"
    pace: Pace = BRIEF
    store: MemoryStore = field(default_factory=MemoryStore)
    heard: list[str] = field(default_factory=list)
    cut: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda way: way
    server: Server | None = None  # another than the cluster's own

    def __post_init__(self) -> None:
        transport = self.cut(httpx.ASGITransport(app=create_app(self.cluster)))
        self.way = self.server or Server(Access(server="http://twin"), transport)
        self.target = Kube(
            NAME,
            rack=self.rack,
            server=self.way,
            fingerprint=Fingerprint(self.store),
            texts=self.store.text_of,
            pace=self.pace,
        )

    def beside(self, rack: str) -> Lab:
        """Another rack on the same cluster."""
        return Lab(self.cluster, rack=rack, server=self.server)

    async def ensure(
        self, resource: Resource[Any], values: Mapping[Ref, str] | None = None
    ) -> Seen:
        """As a step of an apply does."""
        self.store.remember_text(resource.digest, resource.text)
        stamp = Stamp(
            rack=self.rack,
            digest=resource.digest,
            owner=resource.owner,
            uid=resource.uid,
            before=resource.before,
            keep=resource.keep,
        )
        filled: Values = {ref: Hidden(value) for ref, value in (values or {}).items()}
        return await self.target.ensure(resource, stamp, filled, self.heard.append)

    async def remove(self, resource: Resource[Any]) -> None:
        """As a step of an apply does."""
        for seen in await self.target.observe([resource.id]):
            await self.target.remove(seen, self.heard.append)

    async def one(self, resource: Resource[Any]) -> Seen:
        """It as it is now."""
        (found,) = await self.target.observe([resource.id])
        return found

    async def by_hand(
        self, path: str, patch: Mapping[str, Any], manager: str = "kubectl-edit"
    ) -> None:
        """Somebody else writes."""
        query = {"fieldManager": manager}
        kind = "application/merge-patch+json"
        answer = await self.way.send("PATCH", path, query=query, body=patch, kind=kind)
        assert answer.code == 200, answer.body

    async def post(self, path: str, body: Mapping[str, Any]) -> None:
        """Somebody else makes something."""
        answer = await self.way.send("POST", path, body=body)
        assert answer.code == 201, answer.body

    async def images(self) -> list[str]:
        """What runs: the image of each pod that is not on its way out."""
        return [
            it["spec"]["containers"][0]["image"]
            for it in (await self.get("/api/v1/namespaces/hello/pods"))["items"]
            if "deletionTimestamp" not in it["metadata"]
        ]

    async def get(self, path: str) -> Any:
        """What is there; None for nothing."""
        return await self.way.ask("GET", path, fine=(404,))
