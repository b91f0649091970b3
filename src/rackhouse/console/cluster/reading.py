"""The answers of an API server as a scene. Pure: the only place here that knows their JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from rackhouse.console.cluster.edges import edges, parties
from rackhouse.console.cluster.scene import (
    OTHERS,
    RACK,
    Node,
    Pod,
    Rollout,
    Scene,
    Schedule,
    Volume,
    Way,
)
from rackhouse.desired.kube.home import OWN
from rackhouse.kit.text import parse_bytes
from rackhouse.targets.kube.pods import trouble
from rackhouse.targets.kube.ready import condition, standing

Manifest = Mapping[str, Any]
Answers = Mapping[str, list[Manifest]]  # by kind
Both = list[tuple[Manifest, Pod]]  # as it was answered, and as it is shown

_RELEASE = f"{OWN}/release"
_OVER = {"Succeeded", "Failed"}  # phases of a pod that asks for nothing any more


def read(rack: str, found: Answers) -> Scene:
    """What is there. This rack's own namespaces are known by their labels, and all in them."""
    ours = {_name(it): owner(rack, it) for it in found["Namespace"] if owner(rack, it) != OTHERS}
    living = [it for it in found["Pod"] if not _done(it)]
    events = _by_object(found["Event"])
    pods = [pod_of(ours, it, events.get(it["metadata"].get("uid", ""), [])) for it in living]
    by_node: defaultdict[str, list[Pod]] = defaultdict(list)
    for pod in sorted(pods, key=lambda it: (it.owner == OTHERS, it.namespace, it.name)):
        by_node[pod.node].append(pod)
    who = parties(ours, living)
    return Scene(
        nodes=tuple(_node(it, by_node) for it in sorted(found["Node"], key=_name)),
        waiting=tuple(by_node[""]),
        rollouts=tuple(_rollouts(rack, found, list(zip(living, pods, strict=True)))),
        schedules=tuple(_schedules(rack, found["CronJob"])),
        volumes=tuple(_volumes(found["PersistentVolumeClaim"], living)),
        ways=tuple(sorted(_ways(found["Ingress"]), key=lambda it: it.address)),
        parties=tuple(who),
        edges=tuple(edges(who, [*found["NetworkPolicy"], *found["Namespace"]])),
    )


def owner(rack: str, it: Manifest) -> str:
    """The application, or `rack`, that something is of; nothing where it is not this rack's."""
    labels = it["metadata"].get("labels") or {}
    mine = labels.get(f"{OWN}/rack") == rack
    return str(labels.get("app.kubernetes.io/part-of", RACK)) if mine else OTHERS


def _name(it: Manifest) -> str:
    return str(it["metadata"]["name"])


def _done(pod: Manifest) -> bool:
    return (pod.get("status") or {}).get("phase") == "Succeeded"


def _by_object(events: Iterable[Manifest]) -> Mapping[str, list[Manifest]]:
    found: defaultdict[str, list[Manifest]] = defaultdict(list)
    for it in events:
        found[it.get("involvedObject", {}).get("uid", "")].append(it)
    return found


def pod_of(ours: Mapping[str, str], it: Manifest, events: list[Manifest]) -> Pod:
    """One of them; `ours` has the owner of each namespace, `events` are those about it."""
    spec, status = it["spec"], it.get("status") or {}
    of = ours.get(it["metadata"]["namespace"], OTHERS)
    tone, why = _standing(it, events)
    asked = sum(_asked(container) for container in spec["containers"])
    return Pod(
        namespace=it["metadata"]["namespace"],
        name=_name(it),
        called=_called(of, it),
        owner=of,
        release=_release(it),
        node=spec.get("nodeName") or "",
        tone=tone,
        why=why,
        asked=0 if status.get("phase") in _OVER else asked,
        restarts=sum(each.get("restartCount", 0) for each in status.get("containerStatuses") or ()),
    )


def _called(of: str, pod: Manifest) -> str:
    """Its application, or its own name without what a controller made up."""
    if of not in {OTHERS, RACK}:
        return of
    made_up = (pod["metadata"].get("labels") or {}).get("pod-template-hash")
    return _name(pod).partition(f"-{made_up}-")[0] if made_up else _name(pod)


def _release(it: Manifest) -> str:
    return str((it["metadata"].get("annotations") or {}).get(_RELEASE, ""))


def _standing(pod: Manifest, events: list[Manifest]) -> tuple[str, str]:
    if pod["metadata"].get("deletionTimestamp"):
        return "busy", "it is being ended"
    if condition(pod, "Ready").get("status") == "True":
        return "good", ""
    found = trouble(pod, events)
    if found is not None:
        return ("bad" if found.lost or found.stuck or found.crashed else "busy"), found.why
    failed = (pod.get("status") or {}).get("phase") == "Failed"
    return ("bad", "it has failed") if failed else ("busy", "it is being started")


def _asked(container: Manifest) -> int:
    """Bytes; what a newer Kubernetes writes otherwise counts as nothing."""
    requests = (container.get("resources") or {}).get("requests") or {}
    return _bytes(requests.get("memory", ""))


def _bytes(text: str) -> int:
    with suppress(ValueError):
        return parse_bytes(str(text))
    return 0


def _node(it: Manifest, by_node: Mapping[str, list[Pod]]) -> Node:
    status = it.get("status") or {}
    facts, ready = status.get("nodeInfo") or {}, condition(it, "Ready")
    pods = tuple(by_node.get(_name(it), ()))
    tone, why = "good", ""
    if ready.get("status") != "True":
        tone, why = "bad", str(ready.get("message") or "it does not report")
    elif it.get("spec", {}).get("unschedulable"):
        tone, why = "busy", "cordoned: it takes no new pods"
    return Node(
        name=_name(it),
        arch=str(facts.get("architecture", "")),
        version=str(facts.get("kubeletVersion", "")),
        tone=tone,
        why=why,
        memory=_bytes((status.get("allocatable") or {}).get("memory", "")),
        asked=sum(pod.asked for pod in pods),
        pods=pods,
    )


def _rollouts(rack: str, found: Answers, pods: Both) -> Iterator[Rollout]:
    """Of this rack; those that are under way first."""
    made = [
        _rollout(rack, it, _new(it, pods))
        for kind in ("Deployment", "StatefulSet", "DaemonSet")
        for it in found[kind]
        if owner(rack, it) != OTHERS
    ]
    yield from sorted(made, key=lambda it: (it.tone == "good", it.namespace, it.name))


def _new(it: Manifest, pods: Both) -> list[Pod]:
    """Its pods that are of the release that it is to run; the worst first."""
    where, template = it["metadata"]["namespace"], it["spec"]["template"]
    labels = it["spec"]["selector"].get("matchLabels") or {}
    found = [
        pod
        for raw, pod in pods
        if pod.namespace == where
        and pod.release == _release(template)
        and labels.items() <= (raw["metadata"].get("labels") or {}).items()
    ]
    return sorted(found, key=lambda pod: ("bad", "busy", "good").index(pod.tone))


def _rollout(rack: str, it: Manifest, pods: list[Pod]) -> Rollout:
    status, told = it.get("status") or {}, standing(it)
    wanted = it["spec"].get("replicas", status.get("desiredNumberScheduled", 1))
    ready = status.get("readyReplicas", status.get("numberReady", 0))
    serving = sum(pod.tone == "good" for pod in pods)
    why = next((pod.why for pod in pods if pod.why), told.why)
    lost = told.lost or told.stuck or any(pod.tone == "bad" for pod in pods)
    tone = "good" if told.ready else "bad" if lost else "busy"
    return Rollout(
        kind=it["kind"],
        namespace=it["metadata"]["namespace"],
        name=_name(it),
        owner=owner(rack, it),
        release=_release(it["spec"]["template"]),
        tone=tone,
        why=why,
        there=min(ready, serving, wanted),
        wanted=wanted,
        pod=pods[0].path if pods else "",
    )


def _schedules(rack: str, jobs: Iterable[Manifest]) -> Iterator[Schedule]:
    """Of this rack, by name."""
    for it in sorted(jobs, key=_where):
        if owner(rack, it) != OTHERS:
            tone, why = _run(it)
            yield Schedule(
                namespace=it["metadata"]["namespace"],
                name=_name(it),
                owner=owner(rack, it),
                release=_release(it["spec"]["jobTemplate"]["spec"]["template"]),
                when=str(it["spec"]["schedule"]),
                last=str((it.get("status") or {}).get("lastScheduleTime") or ""),
                tone=tone,
                why=why,
            )


def _run(it: Manifest) -> tuple[str, str]:
    """How the last run went: RFC 3339 in UTC sorts as text."""
    status = it.get("status") or {}
    began, succeeded = status.get("lastScheduleTime"), status.get("lastSuccessfulTime") or ""
    if status.get("active"):
        return "busy", "it runs"
    if it["spec"].get("suspend"):
        return "off", "suspended"
    if not began:
        return "off", "its first run is to come"
    return ("good", "done") if succeeded >= began else ("bad", "its last run failed")


def _volumes(claims: Iterable[Manifest], pods: Iterable[Manifest]) -> Iterator[Volume]:
    users: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for pod in pods:
        for volume in pod["spec"].get("volumes") or ():
            claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            node = pod["spec"].get("nodeName")
            if claim and node:
                users[pod["metadata"]["namespace"], claim].add(node)
    for it in sorted(claims, key=_where):
        bound = (it.get("status") or {}).get("phase") == "Bound"
        asked = it["spec"].get("resources", {}).get("requests", {}).get("storage", "")
        yield Volume(
            namespace=it["metadata"]["namespace"],
            name=_name(it),
            size=str(((it.get("status") or {}).get("capacity") or {}).get("storage", asked)),
            tone="good" if bound else "busy",
            why="" if bound else "no disk was given to it yet",
            nodes=tuple(sorted(users[_where(it)])),
        )


def _where(it: Manifest) -> tuple[str, str]:
    return it["metadata"]["namespace"], _name(it)


def _ways(ingresses: Iterable[Manifest]) -> Iterator[Way]:
    for it in ingresses:
        safe = "https" if it["spec"].get("tls") else "http"
        for rule in it["spec"].get("rules") or ():
            for path in (rule.get("http") or {}).get("paths") or ():
                service = (path.get("backend") or {}).get("service") or {}
                tail = str(path.get("path") or "").rstrip("/")
                yield Way(
                    address=f"{safe}://{rule.get('host') or '*'}{tail}",
                    namespace=it["metadata"]["namespace"],
                    service=str(service.get("name", "")),
                    port=(service.get("port") or {}).get("number", 0),
                )
