"""The log of a container: as far as it was asked for, and from then on where it is followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from rackhouse.twin.kube import reading
from rackhouse.twin.kube.answers import bad_request
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.said import Line

_PAUSE = 0.02  # seconds between looks of whoever follows
_WAITING = {"ImagePullBackOff": "trying and failing to pull image"}


def log(cluster: Cluster, ask: Ask) -> str:
    """What a container of a pod has said, as far as it is asked for."""
    _, lines = _held(cluster, ask)
    return _asked(ask, lines)


async def followed(cluster: Cluster, ask: Ask) -> AsyncIterator[str]:
    """The same, and what it says from then on, until it or its pod ends."""
    pod, lines = _held(cluster, ask)
    uid, container = str(at(pod, "metadata", "uid")), _container(ask, pod)
    cuts, seen = cluster.logs.cuts, len(lines)
    yield _asked(ask, lines)
    there: Body | None = pod
    while there is not None and at(_status(there, container), "state", "running"):
        for line in cluster.logs.of(uid, container)[seen:]:
            seen += 1
            yield _printed(ask, line)
        await asyncio.sleep(_PAUSE)
        if cluster.logs.cuts != cuts:
            raise ConnectionResetError("the twin of Kubernetes is told to cut")
        there = cluster.store.get("pods", ask.namespace, ask.name)


def _held(cluster: Cluster, ask: Ask) -> tuple[Body, Sequence[Line]]:
    """The pod, and all that the container has said. Denied where there is no log."""
    pod = reading.get(cluster, ask)
    container = _container(ask, pod)
    status = _status(pod, container)
    if ask.query.get("previous") == "true" and not at(status, "lastState", "terminated"):
        what = f'previous terminated container "{container}" in pod "{ask.name}" not found'
        raise bad_request(what)
    reason = at(status, "state", "waiting", "reason")
    if reason and reason != "CrashLoopBackOff":
        why = _WAITING.get(reason, reason)
        raise bad_request(f'container "{container}" in pod "{ask.name}" is waiting to start: {why}')
    return pod, tuple(cluster.logs.of(str(at(pod, "metadata", "uid")), container))


def _asked(ask: Ask, lines: Sequence[Line]) -> str:
    since = ask.query.get("sinceTime")
    if since:
        start = datetime.fromisoformat(since)
        lines = [it for it in lines if it.moment >= start]
    tail = int(ask.query.get("tailLines") or len(lines))
    return "".join(_printed(ask, it) for it in lines[max(0, len(lines) - tail) :])


def _printed(ask: Ask, line: Line) -> str:
    return f"{line if ask.query.get('timestamps') == 'true' else line.text}\n"


def _container(ask: Ask, pod: Body) -> str:
    names = [it["name"] for it in pod["spec"]["containers"]]
    beside = [it["name"] for it in at(pod, "spec", "initContainers") or ()]
    said = ask.query.get("container")
    if said and said not in (*names, *beside):
        raise bad_request(f"container {said} is not valid for pod {ask.name}")
    if not said and len(names) + len(beside) > 1:
        inits = f" or one of the init containers: [{' '.join(beside)}]" if beside else ""
        what = f"a container name must be specified for pod {ask.name}, choose one of:"
        raise bad_request(f"{what} [{' '.join(names)}]{inits}")
    return said or str(names[0])


def _status(pod: Body, container: str) -> Body:
    every = (
        *(at(pod, "status", "initContainerStatuses") or ()),
        *(at(pod, "status", "containerStatuses") or ()),
    )
    return next((it for it in every if it["name"] == container), {})
