"""How the containers of one pod stand after so many steps: the words are those of the kubelet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.twin.kube.body import Body, at, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.images import Image

_READY = ("Initialized", "Ready", "ContainersReady")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`last` is the step after which nothing changes any more."""

    phase: str
    statuses: tuple[Body, ...]
    initial: tuple[Body, ...]
    conditions: tuple[tuple[str, bool], ...]
    why: str
    events: tuple[tuple[str, str], ...]
    logs: tuple[tuple[str, str], ...]  # the container, and a line of it
    last: int


@dataclass(frozen=True, slots=True)
class _One:
    """A container: its status, and whether it stands as it should."""

    status: Body
    ready: bool
    ended: int | None = None
    event: tuple[str, str] | None = None


def outcome(cluster: Cluster, pod: Body, arch: str, now: int) -> Outcome:
    """Of the pod on a machine of that architecture, after `now` steps."""
    images = {it["name"]: cluster.images.find(it.get("image", "")) for it in _containers(pod)}
    logs = tuple((name, line) for name, image in images.items() for line in image.logs)
    initial = []
    for it in at(pod, "spec", "initContainers") or ():
        one = _initial(cluster, pod, it, images[it["name"]], arch)
        initial.append(one)
        if not one.ready:
            return _waiting(pod, initial, one, logs)
    main = [
        _unstarted(cluster, pod, it, images[it["name"]], arch)
        or _main(cluster, pod, it, images[it["name"]], now)
        for it in pod["spec"]["containers"]
    ]
    idle = [one.status["name"] for one in main if not one.ready]
    last = max(images[it["name"]].ready_after for it in pod["spec"]["containers"])
    return Outcome(
        phase=_phase(pod, main),
        statuses=tuple(it.status for it in main),
        initial=tuple(it.status for it in initial),
        conditions=(("Initialized", True), ("Ready", not idle), ("ContainersReady", not idle)),
        why=f"containers with unready status: [{' '.join(idle)}]",
        events=tuple(it.event for it in main if it.event and now >= last),
        logs=logs,
        last=last,
    )


def _containers(pod: Body) -> Iterator[Body]:
    yield from at(pod, "spec", "initContainers") or ()
    yield from pod["spec"]["containers"]


def _phase(pod: Body, main: list[_One]) -> str:
    codes = [it.ended for it in main]
    if all(it is not None for it in codes) and at(pod, "spec", "restartPolicy") != "Always":
        if not any(codes):
            return "Succeeded"
        if at(pod, "spec", "restartPolicy") == "Never":
            return "Failed"
    begun = all("running" in it.status["state"] or it.ended is not None for it in main)
    return "Running" if begun else "Pending"


def _waiting(
    pod: Body, initial: list[_One], one: _One, logs: tuple[tuple[str, str], ...]
) -> Outcome:
    """While an init container holds it up, the others wait."""
    name = one.status["name"]
    statuses = tuple(
        _status(it, {"waiting": {"reason": "PodInitializing"}}) for it in pod["spec"]["containers"]
    )
    failed = one.ended not in {None, 0} and at(pod, "spec", "restartPolicy") == "Never"
    return Outcome(
        phase="Failed" if failed else "Pending",
        statuses=statuses,
        initial=tuple(it.status for it in initial),
        conditions=tuple((it, False) for it in _READY),
        why=f"containers with incomplete status: [{name}]",
        events=(one.event,) if one.event else (),
        logs=logs,
        last=0,
    )


def _initial(cluster: Cluster, pod: Body, it: Body, image: Image, arch: str) -> _One:
    if held := _unstarted(cluster, pod, it, image, arch):
        return held
    if it.get("restartPolicy") == "Always":
        return _One(_status(it, _running(cluster), ready=True), ready=True)
    if image.exits:
        return _ended(cluster, pod, it, image.exits)
    return _One(_status(it, _terminated(cluster, 0), ready=True), ready=True, ended=0)


def _main(cluster: Cluster, pod: Body, it: Body, image: Image, now: int) -> _One:
    if now < image.ready_after:
        return _One(_status(it, _running(cluster)), ready=False)
    ends = image.exits
    if ends is None and at(pod, "spec", "restartPolicy") != "Always":
        ends = 0
    if ends is not None:
        return _ended(cluster, pod, it, ends)
    event = None if image.ready else ("Unhealthy", image.probe)
    status = _status(it, _running(cluster), ready=image.ready)
    return _One(status, ready=image.ready, event=event)


def _ended(cluster: Cluster, pod: Body, it: Body, code: int) -> _One:
    """It is started again, later and later, unless it was to end."""
    again = at(pod, "spec", "restartPolicy") == "Always" or (
        code and at(pod, "spec", "restartPolicy") == "OnFailure"
    )
    if not again:
        return _One(_status(it, _terminated(cluster, code)), ready=False, ended=code)
    where = f"{name_of(pod)}_{namespace_of(pod)}({pod['metadata']['uid']})"
    message = f"back-off 5m0s restarting failed container={it['name']} pod={where}"
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    status = _status(it, waiting, restarts=5)
    status["lastState"] = _terminated(cluster, code)
    said = f"Back-off restarting failed container {it['name']} in pod {where}"
    return _One(status, ready=False, ended=code, event=("BackOff", said))


def _unstarted(cluster: Cluster, pod: Body, it: Body, image: Image, arch: str) -> _One | None:
    """None where nothing keeps it from starting."""
    if missing := _absent(cluster, pod, it):
        state = {"waiting": {"reason": "CreateContainerConfigError", "message": missing}}
        return _One(_status(it, state), ready=False, event=("Failed", f"Error: {missing}"))
    if image.exists and arch in image.architectures:
        return None
    name = it["image"]
    error = f'failed to pull and unpack image "{name}": '
    if image.exists:
        error += "no match for platform in manifest: not found"
    else:
        error += f'failed to resolve reference "{name}": {name}: not found'
    full = f"rpc error: code = NotFound desc = {error}"
    message = f'Back-off pulling image "{name}": ErrImagePull: {full}'
    state = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
    event = ("Failed", f'Failed to pull image "{name}": {full}')
    return _One(_status(it, state), ready=False, event=event)


def _absent(cluster: Cluster, pod: Body, it: Body) -> str:
    """The Secret or ConfigMap that a variable is read from and that is not there."""
    for variable in it.get("env") or ():
        for source, resource in (("secretKeyRef", "secrets"), ("configMapKeyRef", "configmaps")):
            found = at(variable, "valueFrom", source)
            if not found or found.get("optional"):
                continue
            held = cluster.store.get(resource, namespace_of(pod), found["name"])
            if held is None:
                return f'{resource[:-1]} "{found["name"]}" not found'
            if found["key"] not in (held.get("data") or {}):
                where = f"{held['kind']} {namespace_of(pod)}/{found['name']}"
                return f"couldn't find key {found['key']} in {where}"
    return ""


def _status(it: Body, state: Body, *, ready: bool = False, restarts: int = 0) -> Body:
    return {
        "name": it["name"],
        "image": it.get("image", ""),
        "imageID": "",
        "ready": ready,
        "started": "running" in state,
        "restartCount": restarts,
        "state": state,
        "lastState": {},
    }


def _running(cluster: Cluster) -> Body:
    return {"running": {"startedAt": cluster.began}}


def _terminated(cluster: Cluster, code: int) -> Body:
    reason = "Error" if code else "Completed"
    return {
        "terminated": {
            "exitCode": code,
            "reason": reason,
            "startedAt": cluster.began,
            "finishedAt": cluster.began,
        }
    }
