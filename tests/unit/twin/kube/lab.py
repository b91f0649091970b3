"""A cluster in memory with a clock that a test moves, and objects to apply to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx

from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import settle
from rackhouse.twin.kube.nodes.node import Node, join

Manifest = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Lab:
    """`nodes` join first. The namespace `app` is there."""

    def __init__(self, *nodes: Node) -> None:
        self.time = START
        self.cluster = Cluster(lambda: self.time)
        for node in nodes or (Node(name="pi1"),):
            join(self.cluster, node)
        transport = httpx.ASGITransport(create_app(self.cluster))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://twin")

    async def __aenter__(self) -> Self:
        await self.apply("/api/v1/namespaces/app", {"apiVersion": "v1", "kind": "Namespace"})
        self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    def later(self, **time: float) -> None:
        """So much time passes, and what comes of it."""
        self.time += timedelta(**time)
        self.settle()

    def settle(self) -> None:
        """Whatever happens by itself, does."""
        settle(self.cluster)

    async def apply(self, path: str, body: Manifest) -> Manifest:
        """Server-side apply, then whatever happens."""
        metadata = {"name": path.rpartition("/")[2], **body.get("metadata", {})}
        answer = await self.client.patch(
            path,
            content=json.dumps({**body, "metadata": metadata}),
            params={"fieldManager": "lab", "force": "true"},
            headers={"content-type": "application/apply-patch+yaml"},
        )
        assert answer.is_success, answer.text
        self.settle()
        made: Manifest = answer.json()
        return made

    async def get(self, path: str) -> Manifest:
        """What is there."""
        answer = await self.client.get(path)
        assert answer.is_success, answer.text
        found: Manifest = answer.json()
        return found

    async def delete(self, path: str, **options: str) -> None:
        """Delete, then whatever happens."""
        answer = await self.client.request("DELETE", path, json=options)
        assert answer.is_success, answer.text
        self.settle()

    async def names(self, path: str) -> list[str]:
        """Of all that a list has."""
        return [it["metadata"]["name"] for it in (await self.get(path))["items"]]

    async def events(self, reason: str) -> list[str]:
        """What was said of things, for that reason."""
        found = (await self.get("/api/v1/namespaces/app/events"))["items"]
        return [it["message"] for it in found if it["reason"] == reason]


DEPLOYMENTS = "/apis/apps/v1/namespaces/app/deployments"
PODS = "/api/v1/namespaces/app/pods"


def template(image: str = "web:1", memory: str = "64Mi", **spec: Any) -> Manifest:
    """Pods of one container."""
    resources = {"requests": {"memory": memory}, "limits": {"memory": memory}}
    container = {"name": "web", "image": image, "resources": resources}
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container], **spec}}


def deployment(image: str = "web:1", replicas: int = 2, **pod: Any) -> Manifest:
    """Of so many pods."""
    return workload("Deployment", replicas=replicas, template=template(image, **pod))


def workload(kind: str, **spec: Any) -> Manifest:
    """Any of apps/v1."""
    found = {"selector": {"matchLabels": {"app": "web"}}, "template": template(), **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": found}
