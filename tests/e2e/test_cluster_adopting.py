"""What was made by hand is taken over on demand, and a plan says field by field what that means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk, desk

pytestmark = pytest.mark.slow

RACK = """
rack: home
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
"""
SPACE = "/api/v1/namespaces/hello"


@pytest.fixture
def at(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk(tmp_path, capfd, "lab") as made:
        made.writes(RACK)
        made.release("hello")
        made.joins("lab")
        yield made


def test_what_was_made_by_hand_is_refused_then_adopted_then_as_the_files_say(at: Desk) -> None:
    at.makes("lab", "/api/v1/namespaces", {"metadata": {"name": "hello", "labels": {"a": "b"}}})
    assert "`rackhouse cluster adopt` takes it over" in at.run("plan --only clusters", code=4)
    said = at.run("cluster adopt kube.lab/Namespace/hello")
    assert "kube.lab/Namespace/hello is this rack's" in said
    assert "enforce" not in str(at.ask("lab", SPACE)["metadata"]["labels"])
    said = at.run("plan --only clusters --diff", code=2)
    assert "metadata.labels.pod-security.kubernetes.io/enforce: + restricted" in said
    at.apply()
    at.settled()
    labels = at.ask("lab", SPACE)["metadata"]["labels"]
    assert labels["a"] == "b"
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_only_what_the_files_want_is_adopted(at: Desk) -> None:
    said = at.run("cluster adopt kube.lab/Namespace/helo", code=5)
    assert "Did you mean 'kube.lab/Namespace/hello'?" in said
    for name in ("clusters/given/lab", "vault/given/x"):  # there, but on no cluster
        assert f"want no {name}" in at.run(f"cluster adopt {name}", code=5)
    assert "is no name of a thing" in at.run("cluster adopt hello", code=64)
    assert "there is no kube.lab/Namespace/hello" in at.run(
        "cluster adopt kube.lab/Namespace/hello", code=5
    )


def test_a_plan_shows_what_the_server_would_change_field_by_field(at: Desk) -> None:
    at.apply()
    at.settled()
    path = "/apis/apps/v1/namespaces/hello/deployments/web"
    at.edits("lab", path, {"spec": {"replicas": 5}})
    at.release("hello", said="bye")
    said = at.run("plan --only clusters --diff", code=2)
    assert "spec.replicas: 5 -> 1" in said
    assert "spec.template.spec.containers.web.env.GREETING.value: hello -> bye" in said
    assert "resourceVersion" not in said
    assert at.ask("lab", path)["spec"]["replicas"] == 5
