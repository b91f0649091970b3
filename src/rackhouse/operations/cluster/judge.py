"""What each fact about a cluster means, and how to mend it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from rackhouse.kit.text import format_bytes, format_seconds
from rackhouse.operations.cluster.examined import Cluster, Live
from rackhouse.rack.verdict import Finding, Severity
from rackhouse.targets.kube.pods import trouble
from rackhouse.targets.kube.trouble import SKEW

_SLOW = 1.0  # seconds for an answer that needs no work
_SOON = timedelta(days=30)
_BEHIND = 3  # minor versions that a kubelet may lack: Kubernetes' own rule
_RESTARTS = 5
_RECENT = timedelta(days=1)
_FULL, _ALMOST = 0.95, 0.85
_WORST = tuple(reversed(Severity))


def judge(cluster: Cluster, now: datetime) -> tuple[Finding, ...]:
    """The worst first; one that says all is well where nothing is amiss."""
    found = [
        *_server(cluster),
        *_certificates(cluster, now),
        *_nodes(cluster),
        *_pods(cluster, now),
        *_disks(cluster),
        *_postgres(cluster),
        *_applications(cluster),
    ]
    if all(it.severity is Severity.NOTE for it in found):
        ready = f"{cluster.version}, {len(cluster.nodes)} nodes, {len(cluster.pods)} pods"
        found.append(_of(cluster, "cluster", f"{ready}: all is well", severity=Severity.GOOD))
    return tuple(sorted(found, key=lambda it: (_WORST.index(it.severity), it.rule)))


def away(cluster: str, why: str, fix: str) -> Finding:
    """It cannot be asked."""
    return Finding(rule="api-server", node=cluster, what=why, fix=fix)


def _of(
    cluster: Cluster, rule: str, what: str, fix: str = "", *, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(rule=rule, node=cluster.name, what=what, fix=fix, severity=severity)


def _server(cluster: Cluster) -> Iterator[Finding]:
    told = cluster.vitals
    if told.seconds > _SLOW:
        what = f"its API server takes {format_seconds(told.seconds)} for an answer"
        fix = "look at the disk of its servers: etcd waits for each write; `rackhouse doctor NODE`"
        yield _of(cluster, "api-server", what, fix)
    if abs(told.ahead) > SKEW:
        which = "ahead of" if told.ahead > 0 else "behind"
        what = f"its clock is {format_seconds(abs(told.ahead))} {which} the one here"
        fix = "set the one that is wrong: `timedatectl` on each; certificates and tokens end by it"
        yield _of(cluster, "clock", what, fix, severity=Severity.ERROR)


def _certificates(cluster: Cluster, now: datetime) -> Iterator[Finding]:
    mine = "`rackhouse cluster add` again, with a kubeconfig that is good for longer"
    theirs = "`rackhouse cluster rotate`, or a restart of K3s on its servers"
    told = cluster.vitals
    for whose, ends, fix in (
        ("by which it is reached", told.mine_ends, mine),
        ("of its API server", told.server_ends, theirs),
    ):
        if ends is not None and ends - now < _SOON:
            what = f"the certificate {whose} ends on {ends:%Y-%m-%d}"
            yield _of(cluster, "certificates", what, fix)


def _nodes(cluster: Cluster) -> Iterator[Finding]:
    for node in cluster.nodes:
        name, held = node["metadata"]["name"], _conditions(node)
        ready = held.get("Ready", {})
        if ready.get("status") != "True":
            what = f"{name} is not ready: {ready.get('message') or 'it has not said so'}"
            fix = f"is it on, and its network up? `rackhouse doctor {name}`"
            yield _of(cluster, "nodes", what, fix, severity=Severity.ERROR)
        for pressure, lacks in _PRESSURES.items():
            if held.get(pressure, {}).get("status") == "True":
                what = f"{name} lacks {lacks}, and ends pods because of it"
                fix = f"`rackhouse doctor {name}`; give it more, or less to do"
                yield _of(cluster, "nodes", what, fix, severity=Severity.ERROR)
        if (node.get("spec") or {}).get("unschedulable"):
            what = f"{name} takes no new pods: somebody has cordoned it"
            fix = f"when that is over: kubectl uncordon {name}"
            yield _of(cluster, "nodes", what, fix, severity=Severity.NOTE)
        yield from _version(cluster, name, node)


_PRESSURES = {"MemoryPressure": "memory", "DiskPressure": "disk", "PIDPressure": "process numbers"}


def _version(cluster: Cluster, name: str, node: Live) -> Iterator[Finding]:
    said = str(((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion") or "")
    server, kubelet = _minor(cluster.version), _minor(said)
    if server is None or kubelet is None or server == kubelet:
        return
    wrong = kubelet > server or server - kubelet > _BEHIND
    what = f"{name} runs {said}, the API server {cluster.version}"
    fix = "name one version in the rack file and apply: servers go first, one minor at a time"
    severity = Severity.ERROR if wrong else Severity.NOTE
    yield _of(cluster, "versions", what, fix, severity=severity)


def _pods(cluster: Cluster, now: datetime) -> Iterator[Finding]:
    for pod in cluster.pods:
        about, status = pod["metadata"], pod.get("status") or {}
        name = f"{about['namespace']}/{about['name']}"
        log = f"`kubectl logs -n {about['namespace']} {about['name']} --previous`"
        found = None if status.get("phase") == "Succeeded" else trouble(pod)
        if found is not None:
            yield _of(cluster, "pods", f"{name}: {found.why}", f"{log} may say more")
            continue
        for it in status.get("containerStatuses") or ():
            ended = (it.get("lastState") or {}).get("terminated")
            if it.get("restartCount", 0) >= _RESTARTS and ended and _is_recent(ended, now):
                times = f"{it['name']} has begun anew {it['restartCount']} times"
                what = f"{name}: {times}, the last time because it ended {_why(ended)}"
                yield _of(cluster, "pods", what, f"what it said then: {log}")


def _disks(cluster: Cluster) -> Iterator[Finding]:
    for it in cluster.disks:
        part = it.used / it.capacity
        if part < _ALMOST:
            continue
        left = format_bytes(it.capacity - it.used)
        what = f"{it.name} is full to {part:.0%}: {left} are left"
        fix = "delete what is not needed, or give it a larger one"
        full = Severity.ERROR if part >= _FULL else Severity.WARNING
        yield _of(cluster, "disks", what, fix, severity=full)


def _postgres(cluster: Cluster) -> Iterator[Finding]:
    for it in cluster.postgres:
        name = f"{it['metadata']['namespace']}/{it['metadata']['name']}"
        status = it.get("status") or {}
        wanted, ready = it["spec"].get("instances", 1), int(status.get("readyInstances") or 0)
        if ready < wanted:
            what = f"PostgreSQL {name}: {ready} of {wanted} servers are ready"
            said = str(status.get("phase") or "")
            fix = f"kubectl describe clusters.postgresql.cnpg.io -n {it['metadata']['namespace']}"
            bad = Severity.WARNING if ready else Severity.ERROR
            yield _of(
                cluster, "postgres", f"{what}{f'; {said}' if said else ''}", fix, severity=bad
            )
    if cluster.copies:
        fix = "kubectl describe objectstores.barmancloud.cnpg.io -n data; is that S3 up?"
        yield _of(cluster, "postgres", cluster.copies, fix)


def _applications(cluster: Cluster) -> Iterator[Finding]:
    for name, why in cluster.applications.items():
        fix = f"`rackhouse logs {name}`; `rackhouse rollback {name}`; `rackhouse plan --diff`"
        yield _of(cluster, "applications", f"{name} does not serve: {why}", fix)


def _conditions(live: Live) -> Mapping[str, Any]:
    return {it["type"]: it for it in (live.get("status") or {}).get("conditions") or ()}


def _is_recent(ended: Live, now: datetime) -> bool:
    """After a power cut a kubelet knows that it ended, and not when."""
    at: str = ended.get("finishedAt") or ""
    return at != "" and now - datetime.fromisoformat(at) < _RECENT


def _why(ended: Live) -> str:
    memory = ended.get("reason") == "OOMKilled"
    return "for using more memory than its limit" if memory else f"with code {ended['exitCode']}"


def _minor(version: str) -> int | None:
    match = re.match(r"v1\.(\d+)", version)
    return int(match[1]) if match else None
