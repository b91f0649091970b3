"""A test's way in to an API server, and the objects that tests send."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from typing import Any

import httpx

Manifest = dict[str, Any]

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

_PLURALS = {
    "ConfigMap": "configmaps",
    "CronJob": "cronjobs",
    "CustomResourceDefinition": "customresourcedefinitions",
    "DaemonSet": "daemonsets",
    "Deployment": "deployments",
    "Ingress": "ingresses",
    "Job": "jobs",
    "LimitRange": "limitranges",
    "Namespace": "namespaces",
    "NetworkPolicy": "networkpolicies",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Pod": "pods",
    "ResourceQuota": "resourcequotas",
    "Role": "roles",
    "RoleBinding": "rolebindings",
    "Secret": "secrets",
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
    "StatefulSet": "statefulsets",
    "Thing": "things",
}
_GLOBAL = frozenset({"Namespace", "CustomResourceDefinition"})


class Api:
    """`nobody` is a client that says nothing of who it is.

    `step` lets the twin's server establish kinds, as the real one does by itself.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        namespace: str,
        nobody: Callable[[], httpx.AsyncClient],
        step: Callable[[], None] | None,
    ) -> None:
        self.client, self.namespace, self.nobody, self._step = client, namespace, nobody, step
        self.patience = "1" if step else "10"  # seconds for a watch; the twin is never behind

    async def namespaced(self) -> None:
        """Have the namespace, with the account that pods want."""
        await self.ok(self.apply(manifest("v1", "Namespace", self.namespace)))
        account = manifest("v1", "ServiceAccount", "default")
        await self.ok(self.create(account))

    def path(self, body: Manifest, *rest: str, named: bool = True) -> str:
        """Where that object lives."""
        api, kind = body["apiVersion"], body["kind"]
        root = f"/apis/{api}" if "/" in api else f"/api/{api}"
        inside = [] if kind in _GLOBAL else ["namespaces", self.namespace]
        name = [body["metadata"]["name"]] if named else []
        return "/".join([root, *inside, _PLURALS[kind], *name, *rest])

    async def apply(self, body: Manifest, manager: str = "suite", **query: str) -> httpx.Response:
        """Server-side apply."""
        return await self.patch(body, body, APPLY, fieldManager=manager, **query)

    async def patch(
        self, body: Manifest, change: Any, media: str = MERGE, *rest: str, **query: str
    ) -> httpx.Response:
        """Change the object that `body` names."""
        return await self.client.patch(
            self.path(body, *rest),
            content=json.dumps(change),
            params=query,
            headers={"content-type": media},
        )

    async def create(self, body: Manifest, **query: str) -> httpx.Response:
        """POST."""
        return await self.client.post(self.path(body, named=False), json=body, params=query)

    async def replace(self, body: Manifest, **query: str) -> httpx.Response:
        """PUT."""
        return await self.client.put(self.path(body), json=body, params=query)

    async def delete(self, body: Manifest, options: Manifest | None = None) -> httpx.Response:
        """DELETE."""
        return await self.client.request("DELETE", self.path(body), json=options or {})

    async def get(self, body: Manifest, *rest: str) -> httpx.Response:
        """GET."""
        return await self.client.get(self.path(body, *rest))

    async def all(self, body: Manifest, **query: str) -> Any:
        """LIST of the kind."""
        answer = await self.client.get(self.path(body, named=False), params=query)
        assert answer.is_success, answer.text
        return answer.json()

    async def ok(self, answering: Any) -> Any:
        """The body of an answer that has to be a success."""
        answer = await answering
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, answering: Any, code: int) -> str:
        """The words of an answer that has to be that refusal."""
        answer = await answering
        assert answer.status_code == code, answer.text
        return str(answer.json()["message"])

    async def until(self, path: str) -> None:
        """Wait until something is served there."""
        await self._wait(path, there=True)

    async def absent(self, path: str) -> None:
        """Wait until nothing is served there."""
        await self._wait(path, there=False)

    async def _wait(self, path: str, *, there: bool) -> None:
        for _ in range(400):
            if self._step:
                self._step()
            if (await self.client.get(path)).is_success is there:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{path} is {'not ' if there else ''}served")


def manifest(api: str, kind: str, name: str, **more: Any) -> Manifest:
    """An object; `metadata` is added to its name."""
    metadata = {"name": name, **more.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


def deployment(name: str = "web", **spec: Any) -> Manifest:
    """Of two pods of one container."""
    return manifest(
        "apps/v1",
        "Deployment",
        name,
        spec={
            "replicas": 2,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [container()]},
            },
            **spec,
        },
    )


def container(**more: Any) -> Manifest:
    """One that `restricted` lets run."""
    security = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    ports = [{"containerPort": 8080}]
    return {
        "name": "web",
        "image": "example.com/web:1",
        "ports": ports,
        "securityContext": security,
        **more,
    }


def with_container(**more: Any) -> Manifest:
    """A Deployment whose container is another."""
    made = copy.deepcopy(deployment())
    made["spec"]["template"]["spec"]["containers"][0] |= more
    return made


def with_pods(**more: Any) -> Manifest:
    """A Deployment whose pods are others."""
    made = copy.deepcopy(deployment())
    made["spec"]["template"]["spec"] |= more
    return made


def pod(name: str = "pod", **more: Any) -> Manifest:
    """A pod of one container."""
    return manifest(
        "v1",
        "Pod",
        name,
        metadata={"labels": {"app": "pod"}},
        spec={"automountServiceAccountToken": False, "containers": [container(**more)]},
    )


def config(name: str = "config", **more: Any) -> Manifest:
    """A ConfigMap."""
    return manifest("v1", "ConfigMap", name, **more)


def managers(body: Manifest) -> dict[str, Any]:
    """What each manager owns, as `fieldsV1`."""
    entries = body["metadata"].get("managedFields", ())
    return {it["manager"]: it["fieldsV1"] for it in entries if not it.get("subresource")}
