"""What is wrong with a pod, in words that a person understands."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.targets.kube.pods import trouble, unplaced

IMAGE = "git.rack/lab/hello:r8"


def pod(container: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    containers = (
        [{"name": "web", "image": IMAGE, "restartCount": 0, **container}] if container else []
    )
    return {"metadata": {"name": "web-1"}, "status": {"containerStatuses": containers, **status}}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"state": {"waiting": {"reason": reason, "message": message}}, **more}


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "message": message}}


@pytest.mark.parametrize(
    ("container", "said", "lost"),
    [
        (
            waiting("ErrImagePull", "no match for platform in manifest: not found"),
            "is not there for the architecture",
            True,
        ),
        (waiting("ImagePullBackOff", "git.rack/lab/hello:r8: not found"), "cannot be pulled", True),
        (waiting("ErrImagePull", "dial tcp: i/o timeout"), "i/o timeout", False),
        (waiting("InvalidImageName", "couldn't parse"), "cannot be pulled", True),
        (
            waiting("CrashLoopBackOff", restartCount=4, lastState=ended(3)),
            "web ended with exit code 3, 4 times",
            True,
        ),
        (waiting("CrashLoopBackOff", restartCount=1, lastState=ended(3)), "exit code 3", False),
        (
            waiting("CrashLoopBackOff", restartCount=1, lastState=ended(137, "OOMKilled")),
            "more memory than its limit",
            False,
        ),
        (
            {"state": ended(128, "StartError", "exec /app: exec format error")},
            "for another architecture",
            True,
        ),
        (waiting("CreateContainerConfigError", 'secret "x" not found'), "cannot be started", False),
        ({"state": {"running": {}}, "ready": False}, "does not say that it is ready", False),
    ],
)
def test_a_container_says_why(container: dict[str, Any], said: str, lost: bool) -> None:
    found = trouble(pod(container))
    assert found is not None
    assert said in found.why
    assert found.lost is lost


def test_the_registry_is_quoted_where_the_status_says_back_off_alone() -> None:
    there = pod(waiting("ImagePullBackOff", "Back-off pulling image"))
    event = {"message": f'Failed to pull image "{IMAGE}": 403 Forbidden from git.rack'}
    found = trouble(there, [event])
    assert found is not None
    assert found.why == f"{IMAGE} cannot be pulled: 403 Forbidden from git.rack"
    assert found.lost


def test_a_probe_that_fails_is_quoted() -> None:
    event = {"message": "Readiness probe failed: HTTP probe failed with statuscode: 500"}
    found = trouble(pod({"state": {"running": {}}, "ready": False}), [event])
    assert found is not None
    assert "statuscode: 500" in found.why
    assert found.container == "web"


def test_a_ready_pod_and_one_that_has_just_been_made_are_no_trouble() -> None:
    assert trouble(pod(conditions=[{"type": "Ready", "status": "True"}])) is None
    assert trouble(pod(waiting("ContainerCreating"))) is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            (
                "0/4 nodes are available: 3 Insufficient memory, 1 node(s) were unschedulable."
                " preemption: 0/4 nodes are available: 4 No preemption victims found."
            ),
            "no node takes it, of 4: 3 lack memory, 1 are cordoned",
        ),
        (
            (
                "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector,"
                " 1 node(s) had untolerated taint {gpu: true}."
            ),
            (
                "no node takes it, of 2: 1 are not of the kind it asks for,"
                " 1 are kept for others {gpu: true}"
            ),
        ),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            "its volume is not there: nothing has made it",
        ),
        ("", "no node takes it"),
    ],
)
def test_the_scheduler_is_put_into_words(message: str, said: str) -> None:
    assert unplaced(message) == said
    condition = {"type": "PodScheduled", "status": "False", "message": message}
    found = trouble(pod(conditions=[condition]))
    assert found is not None
    assert (found.why, found.stuck) == (said, True)
