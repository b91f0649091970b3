"""Worse days of a cluster, by the command line: each ends with a sentence that says what, where and
how to mend it, and when that is done the next apply goes on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.cluster_desk import SCORE, Desk, cluster, desk
from rackhouse.targets.kube import target
from rackhouse.targets.kube.pace import Pace
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.faults import Fault
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, join, lose
from rackhouse.twin.kube.serving import serve

pytestmark = pytest.mark.slow

RACK = """
rack: home
clusters: {lab: {}}
applications: {hello: {repository: hello, cluster: lab}}
"""
IMAGE = "docker.io/library/nginx:1.29.3"
WEB = "/apis/apps/v1/namespaces/hello/deployments/web"
# What comes may take as long as a busy machine does; what does not come is not waited for so long.
PATIENT = Pace(20.0, 20.0, 20.0, 20.0, 20.0, 20.0, first=0.01, most=0.1)
BRISK = replace(PATIENT, kind=0.5, gone=5.0, stuck=0.5, away=0.5)


@dataclass
class Lab:
    """A desk, and the cluster that has joined it."""

    desk: Desk
    cluster: Cluster
    pace: Pace = PATIENT

    def fails(self, *words: str, code: int = 1) -> None:
        """An apply ends with that, and with how to mend it."""
        self.pace = BRISK
        said = self.desk.run("apply --only clusters --yes", code=code)
        self.pace = PATIENT
        for word in (*words, "fix: "):
            assert word in said, said

    def mended(self) -> None:
        """The next apply goes on, and nothing is left to do."""
        self.desk.apply()
        self.desk.settled()


@pytest.fixture
def lab(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    with desk(tmp_path, capfd) as at:
        made = Lab(at, cluster())
        monkeypatch.setattr(target, "Pace", lambda: made.pace)
        with serve(made.cluster, tmp_path / "server") as served:
            at.clusters["lab"] = served
            at.writes(RACK)
            at.release("hello")
            at.joins("lab")
            yield made


@pytest.mark.parametrize("after", [0, 12])
def test_a_server_that_goes_away_in_an_apply(lab: Lab, after: int) -> None:
    lab.cluster.faults.tell(Fault(what="away", asked="PATCH *", after=after))
    lab.fails("the cluster's API server cannot be reached")
    lab.cluster.faults.mend()
    lab.mended()


def test_a_server_that_is_away_whatever_is_asked(lab: Lab) -> None:
    lab.desk.apply()
    lab.cluster.faults.tell(Fault(what="away"))
    for argv, code in (
        ("plan --only clusters", 2),
        ("apply --only clusters --yes", 1),
        ("status", 2),
        (f"release {lab.desk.folder / 'hello'} --grant", 8),
        ("rollback hello", 8),
        ("cluster adopt kube.lab/Service/hello.web", 8),
    ):
        assert "the cluster's API server cannot be reached" in lab.desk.run(argv, code=code)


def test_a_webhook_that_never_answers_is_named(lab: Lab) -> None:
    lab.cluster.faults.tell(Fault(what="webhook", asked="PATCH */deployments/*"))
    lab.fails(
        "kube.lab/Deployment/hello.web: the webhook 'webhook.example.com', which the server has to"
        " ask first, does not answer in time",
        code=8,
    )
    lab.cluster.faults.mend()
    lab.mended()


def test_a_field_that_a_controller_writes_is_not_fought_for(lab: Lab) -> None:
    lab.desk.apply()
    lab.desk.edits("lab", WEB, {"spec": {"replicas": 3}}, manager="argocd-controller")
    lab.fails("others write fields of it: .spec.replicas by 'argocd-controller'", code=4)
    assert lab.desk.ask("lab", WEB)["spec"]["replicas"] == 3
    lab.desk.edits("lab", WEB, {"spec": {"replicas": 1}}, manager="argocd-controller")


def test_a_quota_that_is_used_up_is_quoted(lab: Lab) -> None:
    lab.desk.apply()
    quota = {"metadata": {"name": "theirs"}, "spec": {"hard": {"pods": "1"}}}
    quotas = "/api/v1/namespaces/hello/resourcequotas"
    lab.desk.makes("lab", quotas, quota)
    end = time.monotonic() + 20
    while not lab.desk.ask("lab", f"{quotas}/theirs").get("status", {}).get("hard"):
        assert time.monotonic() < end, "nobody has counted what there is"
    lab.desk.release("hello", "two")
    lab.fails("no pod can be made: exceeded quota: theirs", "serves on", code=6)


def test_an_object_that_is_too_large_is_refused_with_what_to_do(lab: Lab) -> None:
    for name in ("a", "b"):
        (lab.desk.folder / "hello" / name).write_text("x" * 600_000)
    files = "files: {/a: {source: a}, /b: {source: b}}\n    variables:"
    lab.desk.release("hello", score=SCORE.replace("variables:", files))
    lab.fails("ConfigMap/hello.files: it is too large for a cluster", "an object has 1 MiB at most")
    lab.desk.release("hello", "small")
    lab.mended()


def test_a_kind_that_the_cluster_does_not_know_is_named(lab: Lab) -> None:
    needs = '"${resources.db.url}"}\nresources: {db: {type: postgres}}'
    lab.desk.release("hello", score=SCORE.replace('"SAID"}', needs))
    lab.fails("the cluster does not know what a", "what brings it is not there", code=5)


def test_what_does_not_end_says_what_holds_it(lab: Lab) -> None:
    lab.desk.apply()
    guard = {"metadata": {"finalizers": ["example.org/guard"]}}
    lab.desk.edits("lab", WEB, guard)
    lab.desk.leaves("hello")
    lab.fails("it does not go: the finalizer example.org/guard waits for a program", code=6)
    assert lab.desk.ask("lab", "/api/v1/namespaces/hello")["status"]["phase"] == "Active"
    lab.desk.edits("lab", WEB, {"metadata": {"finalizers": None}})
    lab.mended()
    assert lab.desk.ask("lab", "/api/v1/namespaces/hello") is None


def test_a_node_that_goes_in_a_rollout(lab: Lab) -> None:
    lab.cluster.images.tell(IMAGE, Image(ready=False))
    lose(lab.cluster, "n-1")
    lab.fails("no node takes it, of 1: 1 are kept for others, or do not answer", code=6)
    lab.cluster.images.tell(IMAGE, Image())
    join(lab.cluster, Node(name="n-2"))
    lab.mended()


def test_clocks_that_differ_are_told_by_the_certificate(lab: Lab) -> None:
    ahead = Cluster(clock=lambda: datetime.now(UTC) + timedelta(days=30))
    with serve(ahead, lab.desk.folder / "ahead") as served:
        lab.desk.clusters["lab"] = served
        said = lab.desk.run(f"cluster add lab --kubeconfig {lab.desk.kubeconfig('lab')}", code=8)
    assert "has a certificate that is not yet valid; here it is" in said
    assert "fix: set the clock that is wrong" in said


def test_a_name_that_no_namespace_can_have_is_refused_before_anything_is_asked(lab: Lab) -> None:
    folder = lab.desk.folder / "long"
    folder.mkdir()
    (folder / "score.yaml").write_text(SCORE.replace("NAME", "a" * 64))
    lab.cluster.faults.tell(Fault(what="away"))
    said = lab.desk.run(f"release {folder}", code=3)
    assert "metadata.name" in said
    assert "use 2 to 40 small letters" in said
