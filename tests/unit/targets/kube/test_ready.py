"""When an object does what it is there for."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.targets.kube.ready import standing, unmade

SEEN = {"observedGeneration": 1}


def live(kind: str, status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"generation": 1}, "spec": spec, "status": status}


def says(kind: str, status: str, **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, **more}]}


@pytest.mark.parametrize(
    "there",
    [
        live("ConfigMap", {}),
        live("Namespace", {"phase": "Active"}),
        live("PersistentVolumeClaim", {"phase": "Pending"}),
        live(
            "Deployment",
            {**SEEN, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2},
            replicas=2,
        ),
        live("Deployment", SEEN, replicas=0),
        live("StatefulSet", {**SEEN, "readyReplicas": 1}, replicas=1),
        live("DaemonSet", SEEN),
        live("Job", says("Complete", "True")),
        live("Service", {}, type="ClusterIP"),
        live("Service", {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}, type="LoadBalancer"),
        live("CustomResourceDefinition", says("Established", "True")),
        live("Certificate", says("Ready", "True")),
        live("Database", {"applied": True}),
        live("Cluster", {"readyInstances": 3}, instances=3),
        live("HelmChart", {}),
        live("Middleware", {}),
    ],
    ids=lambda there: f"{there['kind']}-{len(str(there))}",
)
def test_these_are_ready(there: dict[str, Any]) -> None:
    assert standing(there).ready


@pytest.mark.parametrize(
    ("there", "why", "lost"),
    [
        (live("Deployment", {}, replicas=1), "has not looked", False),
        (live("Deployment", {"observedGeneration": 0}, replicas=1), "has not looked", False),
        (
            live("Deployment", {**SEEN, "replicas": 2, "updatedReplicas": 1}, replicas=2),
            "0 of 2 new pods ready",
            False,
        ),
        (
            live(
                "Deployment",
                {**SEEN, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 2},
                replicas=1,
            ),
            "1 old pod on the way out",
            False,
        ),
        (
            live(
                "Deployment",
                {**SEEN, **says("Progressing", "False", reason="ProgressDeadlineExceeded")},
            ),
            "no progress",
            True,
        ),
        (
            live(
                "StatefulSet",
                {**SEEN, "readyReplicas": 2, "updateRevision": "b", "currentRevision": "a"},
                replicas=2,
            ),
            "0 of 2 new pods made",
            False,
        ),
        (live("DaemonSet", {**SEEN, "desiredNumberScheduled": 2}), "0 of 2 pods made", False),
        (live("Job", says("Failed", "True", message="it ran too long")), "it ran too long", True),
        (live("Job", {"active": 1}), "it runs", False),
        (live("Service", {}, type="LoadBalancer"), "no load balancer", False),
        (live("CustomResourceDefinition", {}), "not established", False),
        (live("Certificate", says("Ready", "False", message="no DNS")), "no DNS", False),
        (
            live("Database", {"applied": False, "message": "role is absent"}),
            "role is absent",
            False,
        ),
        (
            live("Cluster", {"readyInstances": 1, "phase": "Setting up"}, instances=3),
            "Setting up",
            False,
        ),
        (live("HelmChart", says("Failed", "True", message="no such chart")), "no such chart", True),
        (live("Middleware", says("Ready", "False", reason="Broken")), "Broken", False),
    ],
)
def test_these_are_not_and_say_why(there: dict[str, Any], why: str, lost: bool) -> None:
    told = standing(there)
    assert not told.ready
    assert why in told.why
    assert told.lost is lost


def test_what_is_being_removed_is_not_ready() -> None:
    there = live("ConfigMap", {})
    there["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert standing(there).why == "it is being removed"


def test_a_quota_that_bars_pods_is_quoted() -> None:
    told = unmade('pods "web-1" is forbidden: exceeded quota: quota, requested: pods=1')
    assert told.why == "no pod can be made: exceeded quota: quota, requested: pods=1"
    assert (told.stuck, told.lost) == (True, False)
    assert unmade('pods "w" is forbidden: violates PodSecurity "restricted:latest"').lost
