"""Why something is not ready: asks for pods, their events, logs and nodes. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.pods import Trouble, trouble
from rackhouse.targets.kube.ready import WORKLOADS, condition, unmade
from rackhouse.targets.kube.server import Server

_LINES = 5  # of a log
_WIDTH = 200
_TEMPLATE, _REVISION = "pod-template-hash", "controller-revision-hash"
_NOBODY: Live = {"metadata": {}}


async def reason(server: Server, live: Live) -> Trouble | None:
    """What keeps a workload's pods from being ready; None where nothing more is to be seen.

    The pods of its present revision: what those of an earlier one suffer is over with them.
    """
    if live["kind"] not in WORKLOADS | {"Job"}:
        return None
    label, value = await revision(server, live)
    found = await pods(server, live)
    now = [pod for pod in found if not label or _labels(pod).get(label) == value]
    return await _of_pods(server, now) or await _unmade(server, live)


async def pods(server: Server, workload: Live) -> list[Live]:
    """The pods that its selector matches, newest first."""
    return sorted(await _selected(server, workload, "/api/v1", "pods"), key=_made, reverse=True)


async def revision(server: Server, live: Live) -> tuple[str, str]:
    """The label that the pods of its present revision have, and its value; none for a Job."""
    if live["kind"] == "StatefulSet":
        return _REVISION, str((live.get("status") or {}).get("updateRevision", ""))
    if live["kind"] == "Deployment":
        return _TEMPLATE, _labels(await _replica_set(server, live)).get(_TEMPLATE, "")
    if live["kind"] == "DaemonSet":
        every = await _selected(server, live, "/apis/apps/v1", "controllerrevisions")
        last = max(every, key=lambda each: int(each.get("revision", 0)), default=_NOBODY)
        return _REVISION, _labels(last).get(_REVISION, "")
    return "", ""


async def _replica_set(server: Server, deployment: Live) -> Live:
    """The present one."""
    sets = await _selected(server, deployment, "/apis/apps/v1", "replicasets")
    return max(sets, key=_number, default=_NOBODY)


async def _selected(server: Server, workload: Live, root: str, plural: str) -> list[Live]:
    selector = (workload["spec"].get("selector") or {}).get("matchLabels") or {}
    if not selector:
        return []
    query = {"labelSelector": ",".join(f"{key}={value}" for key, value in selector.items())}
    path = f"{root}/namespaces/{workload['metadata']['namespace']}/{plural}"
    return [each async for each in server.listed(path, query=query)]


async def _of_pods(server: Server, found: Iterable[Live]) -> Trouble | None:
    """What is worst: what will not pass, else the newest pod's."""
    first: Trouble | None = None
    for pod in found:
        if condition(pod, "Ready").get("status") == "True":
            continue
        told = await _node(server, pod) or trouble(pod, await _events(server, pod))
        if told is not None:
            told = await _with_log(server, pod, told)
            if told.lost:
                return told
            first = first or told
    return first


async def _unmade(server: Server, live: Live) -> Trouble | None:
    """Why there are no pods, as their controller says it."""
    if live["kind"] == "Deployment":
        said = condition(await _replica_set(server, live), "ReplicaFailure")
    else:
        events = await _events(server, live)
        said = next((each for each in events[::-1] if each.get("reason") == "FailedCreate"), {})
    if not said:
        return None
    told = unmade(str(said.get("message", "")))
    return Trouble(told.why, lost=told.lost, stuck=True)


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
    """Whether the node that it is on is gone. Not everybody may look at nodes."""
    name = (pod.get("spec") or {}).get("nodeName")
    if not name:
        return None
    answer = await server.send("GET", f"/api/v1/nodes/{name}")
    if answer.code == 404:
        return Trouble(f"its node {name} is gone")
    told = condition(answer.body, "Ready") if answer.code < 400 else {}
    if told.get("status", "True") == "True":
        return None
    return Trouble(f"its node {name} does not answer: {told.get('message') or told.get('reason')}")


def _labels(live: Live) -> Mapping[str, str]:
    return live["metadata"].get("labels") or {}


def _number(replica_set: Live) -> int:
    annotations = replica_set["metadata"].get("annotations") or {}
    return int(annotations.get("deployment.kubernetes.io/revision", 0))


def _about(event: Live, metadata: Mapping[str, Any]) -> bool:
    return bool((event.get("involvedObject") or {}).get("name") == metadata["name"])


def _when(event: Live) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _made(pod: Live) -> str:
    return str(pod["metadata"].get("creationTimestamp") or "")
