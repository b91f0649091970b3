"""What a doctor says of a cluster: each fact alone, the worst first, each with its mending."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rackhouse.operations.cluster.examined import Cluster, Filled
from rackhouse.operations.cluster.judge import judge
from rackhouse.rack.verdict import Severity
from rackhouse.targets.kube.vitals import Vitals

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WELL = Vitals(seconds=0.01, ahead=0.0, server_ends=NOW + timedelta(days=365))
NODE: dict[str, Any] = {
    "metadata": {"name": "pi-1"},
    "status": {
        "conditions": [{"type": "Ready", "status": "True"}],
        "nodeInfo": {"kubeletVersion": "v1.34.1+k3s1"},
    },
}
GOOD = Cluster(name="home", version="v1.34.3+k3s1", vitals=WELL, nodes=(NODE,))
READY = {"conditions": [{"type": "Ready", "status": "True"}], "phase": "Running"}


def node(conditions: dict[str, str], **spec: Any) -> dict[str, Any]:
    held = [{"type": kind, "status": status} for kind, status in conditions.items()]
    return {**NODE, "status": {**NODE["status"], "conditions": held}, "spec": spec}


def kubelet(version: str) -> dict[str, Any]:
    return {**NODE, "status": {**NODE["status"], "nodeInfo": {"kubeletVersion": version}}}


def pod(*containers: dict[str, Any], **status: Any) -> dict[str, Any]:
    held = {**status, "containerStatuses": [{"name": "web", **it} for it in containers]}
    return {"metadata": {"namespace": "hello", "name": "web-1"}, "status": held}


def ended(reason: str, ago: timedelta) -> dict[str, Any]:
    at = (NOW - ago).isoformat().replace("+00:00", "Z")
    return {"terminated": {"exitCode": 137, "reason": reason, "finishedAt": at}}


def postgres(ready: int) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "data", "name": "postgres"},
        "spec": {"instances": 2},
        "status": {"readyInstances": ready, "phase": "Failing over"},
    }


CRASHES = {"waiting": {"reason": "CrashLoopBackOff"}}
POWER_CUT = {
    "terminated": {"exitCode": 137, "reason": "ContainerStatusUnknown", "finishedAt": None}
}
OFTEN = {"restartCount": 9, "state": {"running": {}}, "ready": True}


@pytest.mark.parametrize(
    ("facts", "severity", "said"),
    [
        ({"vitals": replace(WELL, seconds=3.0)}, "warning", "takes 3.0 s for an answer"),
        ({"vitals": replace(WELL, ahead=-300.0)}, "error", "behind the one here"),
        ({"vitals": replace(WELL, server_ends=NOW)}, "warning", "of its API server ends"),
        ({"vitals": replace(WELL, mine_ends=NOW)}, "warning", "by which it is reached ends"),
        ({"nodes": [node({"Ready": "Unknown"})]}, "error", "pi-1 is not ready"),
        ({"nodes": [node({"Ready": "True", "DiskPressure": "True"})]}, "error", "lacks disk"),
        ({"nodes": [node({"Ready": "True"}, unschedulable=True)]}, "note", "cordoned"),
        ({"nodes": [kubelet("v1.35.0")]}, "error", "pi-1 runs v1.35.0"),
        ({"nodes": [kubelet("v1.30.9")]}, "error", "pi-1 runs v1.30.9"),
        ({"nodes": [kubelet("v1.33.0")]}, "note", "pi-1 runs v1.33.0"),
        (
            {
                "pods": [
                    pod({"state": CRASHES, "lastState": ended("Error", timedelta(0))}, phase="x")
                ]
            },
            "warning",
            "hello/web-1: web ended with exit code 137",
        ),
        (
            {
                "pods": [
                    pod({**OFTEN, "lastState": ended("OOMKilled", timedelta(hours=1))}, **READY)
                ]
            },
            "warning",
            "begun anew 9 times, the last time because it ended for using more memory",
        ),
        (
            {"disks": [Filled(name="the volume files of hello", used=90, capacity=100)]},
            "warning",
            "the volume files of hello is full to 90%",
        ),
        ({"disks": [Filled(name="it", used=96, capacity=100)]}, "error", "full to 96%"),
        ({"postgres": [postgres(1)]}, "warning", "1 of 2 servers are ready; Failing over"),
        ({"postgres": [postgres(0)]}, "error", "0 of 2 servers are ready"),
        ({"copies": "no copy of PostgreSQL was ever finished"}, "warning", "was ever finished"),
        ({"applications": {"hello": "no room"}}, "warning", "hello does not serve: no room"),
    ],
)
def test_each_fact_has_its_words_and_its_mending(
    facts: dict[str, Any], severity: str, said: str
) -> None:
    first = judge(replace(GOOD, **facts), NOW)[0]
    assert (first.severity, first.node) == (Severity(severity), "home")
    assert said in first.what
    assert first.fix


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"disks": [Filled(name="it", used=84, capacity=100)], "postgres": [postgres(2)]},
        {"pods": [pod({**OFTEN, "lastState": ended("Error", timedelta(days=2))}, **READY)]},
        {"pods": [pod({**OFTEN, "lastState": POWER_CUT}, **READY)]},
        {"pods": [pod(phase="Succeeded")]},
        {"nodes": [kubelet("v1.34.0")]},
    ],
)
def test_what_is_well_is_said_once(facts: dict[str, Any]) -> None:
    [finding] = judge(replace(GOOD, **facts), NOW)
    assert (finding.severity, finding.rule) == (Severity.GOOD, "cluster")
    assert "all is well" in finding.what


def test_the_worst_comes_first() -> None:
    nodes = [node({"Ready": "True"}, unschedulable=True), node({"Ready": "False"})]
    bad = replace(GOOD, nodes=nodes, applications={"hello": "no room"})
    assert [it.severity for it in judge(bad, NOW)] == ["error", "warning", "note"]
