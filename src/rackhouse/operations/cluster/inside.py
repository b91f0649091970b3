"""A command in a container of an application on a cluster: which pod, which container."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.cluster.whereabouts import NAME, server_of
from rackhouse.targets.kube.execute import Terminal, execute
from rackhouse.targets.kube.server import Server

SHELL = ("sh",)  # what most images have, if any


async def run_inside(
    house: OpenRack,
    application: str,
    cluster: str,
    *,
    container: str | None,
    argv: Sequence[str],
    terminal: Terminal,
) -> int:
    """Run `argv` in the newest pod that is ready, in its first container where none is named; its
    exit code. Missing where none runs; HostError where it cannot be started.
    """
    async with server_of(house, cluster) as server:
        pod = await running_pod(server, application, f"{NAME}={application}")
        name = _container(pod, application, container)
        path = f"/api/v1/namespaces/{application}/pods/{pod['metadata']['name']}"
        return await execute(server.access, path, name, argv or SHELL, terminal)


async def running_pod(server: Server, namespace: str, selector: str) -> Mapping[str, Any]:
    """The newest one that is ready, else the newest that runs; Missing where none does."""
    path, query = f"/api/v1/namespaces/{namespace}/pods", {"labelSelector": selector}
    found = [it async for it in server.listed(path, query=query) if _runs(it)]
    if not found:
        what = f"nothing in the namespace {namespace} runs that is labelled {selector}"
        raise Missing(what, where=server.where, fix="`rackhouse status` says why")
    return max(found, key=lambda it: (_is_ready(it), it["metadata"]["creationTimestamp"]))


def _container(pod: Mapping[str, Any], application: str, said: str | None) -> str:
    names = [it["name"] for it in pod["spec"]["containers"]]
    beside = pod["spec"].get("initContainers") or ()
    names += [it["name"] for it in beside if it.get("restartPolicy") == "Always"]
    if said is not None and said not in names:
        hint = did_you_mean(said, names)
        fix = f"its containers: {', '.join(names)}"
        raise Missing(f"{application} has no container {said!r} there.{hint}", fix=fix)
    return said or str(names[0])


def _runs(pod: Mapping[str, Any]) -> bool:
    leaves = pod["metadata"].get("deletionTimestamp")
    return bool((pod.get("status") or {}).get("phase") == "Running" and not leaves)


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod["status"].get("conditions") or ()
    return any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)
