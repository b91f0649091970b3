"""Why something is not ready: asks for pods, their events, logs and nodes. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.pods import Trouble, trouble
from rackhouse.targets.kube.ready import WORKLOADS, condition
from rackhouse.targets.kube.server import Server

_LINES = 5  # of a log
_WIDTH = 200


async def reason(server: Server, live: Live) -> Trouble | None:
    """What keeps a workload's pods from being ready; None where nothing more is to be seen."""
    if live["kind"] in WORKLOADS | {"Job"}:
        return await _of_pods(server, await pods(server, live))
    return None


async def pods(server: Server, workload: Live) -> list[Live]:
    """The pods that its selector matches, newest first."""
    selector = workload["spec"].get("selector") or {}
    labels = ",".join(f"{k}={v}" for k, v in (selector.get("matchLabels") or {}).items())
    if not labels:
        return []
    namespace = workload["metadata"]["namespace"]
    path = f"/api/v1/namespaces/{namespace}/pods"
    found = [each async for each in server.listed(path, query={"labelSelector": labels})]
    return sorted(found, key=_made, reverse=True)


async def _of_pods(server: Server, found: Iterable[Live]) -> Trouble | None:
    """What is worst: what will not pass, else the newest pod's."""
    first: Trouble | None = None
    for pod in found:
        if pod["metadata"].get("deletionTimestamp"):
            told = await _node(server, pod)
        elif condition(pod, "Ready").get("status") == "True":
            continue
        else:
            told = trouble(pod, await _events(server, pod)) or await _node(server, pod)
        if told is not None:
            told = await _with_log(server, pod, told)
            if told.lost:
                return told
            first = first or told
    return first


async def _with_log(server: Server, pod: Live, told: Trouble) -> Trouble:
    """With the last that it said."""
    if not told.container:
        return told
    metadata = pod["metadata"]
    query = {"container": told.container, "tailLines": str(_LINES)}
    if told.ended:
        query["previous"] = "true"
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    lines = [line[:_WIDTH] for line in (await server.text(path, query)).splitlines()[-_LINES:]]
    if not lines:
        return told
    if any("exec format error" in line for line in lines):
        why = f"its image is for another architecture than its node: {lines[-1]}"
        return Trouble(why, lost=True)
    said = "\n    ".join(lines)
    return replace(told, why=f"{told.why}; it said last:\n    {said}")


async def _events(server: Server, pod: Live) -> list[Live]:
    """What was said about it, oldest first."""
    metadata = pod["metadata"]
    query = {"fieldSelector": f"involvedObject.name={metadata['name']}"}
    path = f"/api/v1/namespaces/{metadata['namespace']}/events"
    answer = await server.send("GET", path, query=query)
    items: list[Live] = list(answer.body.get("items") or ()) if answer.code < 400 else []
    return sorted((each for each in items if _about(each, metadata)), key=_when)


async def _node(server: Server, pod: Live) -> Trouble | None:
    """Whether the node that it is on is gone."""
    name = (pod.get("spec") or {}).get("nodeName")
    if not name:
        return None
    node = await server.ask("GET", f"/api/v1/nodes/{name}", fine=(403, 404))
    if node is None:
        return Trouble(f"its node {name} is gone")
    told = condition(node, "Ready")
    if told.get("status", "True") == "True":
        return None
    return Trouble(f"its node {name} does not answer: {told.get('message') or told.get('reason')}")


def _about(event: Live, metadata: Mapping[str, Any]) -> bool:
    return bool((event.get("involvedObject") or {}).get("name") == metadata["name"])


def _when(event: Live) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _made(pod: Live) -> str:
    return str(pod["metadata"].get("creationTimestamp") or "")
