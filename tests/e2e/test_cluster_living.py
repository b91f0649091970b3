"""Every day with an application on a cluster: its logs, its address, commands in it, its data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk, cluster
from e2e.conftest import eventually
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.faults import Fault
from rackhouse.twin.kube.nodes.images import Image, Ran
from rackhouse.twin.kube.serving import serve

pytestmark = pytest.mark.slow

RACK = """
rack: home
domain: home.arpa
exposure: lan
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab, access: open, public: true}
"""
SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers:
  web:
    image: docker.io/library/nginx:1.29.3
    variables: {GREETING: "SAID"}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources:
  web: {type: route, params: {port: 80}}
"""
IMAGE = "docker.io/library/nginx:*"


@pytest.fixture
def made() -> Cluster:
    return cluster()


@pytest.fixture
def at(made: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    made.images.tell(IMAGE, Image(logs=("one", "two", "three"), answers=answers))
    with serve(made, tmp_path / "server") as served:
        desk = Desk(tmp_path, capfd, {"lab": served})
        desk.writes(RACK)
        desk.release("hello", score=SCORE)
        desk.joins("lab")
        desk.apply()
        yield desk


def answers(argv: Sequence[str], words: bytes) -> Ran | None:
    return Ran(code=4, out=" ".join(argv).encode() + words) if argv[0] == "echo" else None


@contextmanager
def typed(file: Path, words: str) -> Iterator[None]:
    """That comes in on standard input."""
    file.write_text(words)
    before = os.dup(0)
    try:
        with file.open() as opened:
            os.dup2(opened.fileno(), 0)
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


def test_its_logs_its_address_and_commands_in_it(at: Desk) -> None:
    said = at.run("logs hello -n 2").split("\n")
    unit, text = said[0].split()
    assert unit.startswith("hello.web@")
    assert (text, said[1].split()[1]) == ("two", "three")
    lines = [json.loads(line) for line in at.run("logs hello --json").splitlines() if line]
    assert [line["text"] for line in lines] == ["one", "two", "three"]
    assert all(line["time"].endswith("+00:00") for line in lines)
    assert at.run("logs -n 1").count("three") == 1, "everything, where nothing is named"
    assert "nothing of it ended before" in at.run("logs hello --previous")
    logs = at.folder / "home" / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "cache.log").write_text("of this machine\n")
    both = at.run("logs cache hello -n 1")
    assert "cache  of this machine\nhello.web@" in both
    assert "leave --previous out" in at.run("logs cache --previous", code=64)
    assert "nothing called 'hallo' has a log" in at.run("logs hallo", code=5)

    assert at.run("open hello --print").strip() == "https://hello.home.arpa/"
    assert "where all is by name" in at.run("open hello --plain", code=64)
    assert "hello: https://hello.home.arpa/" in at.run("status", code=2)

    with typed(at.folder / "words", " behind"):
        assert at.run("exec hello -- echo a b", code=4).startswith("echo a b behind")
    assert "executable file not found" in at.run("exec hello", code=7)
    assert "on lab serves on: hello" in at.run("down")
    assert "its containers: web" in at.run("exec hello -c wep", code=5)


def test_a_cluster_that_is_away_or_forgotten_is_said(at: Desk, made: Cluster) -> None:
    made.faults.tell(Fault(what="unavailable"))
    for argv in ("logs hello", "open hello --print", "exec hello -- env"):
        assert "unable to handle the request" in at.run(argv, code=8)
    logs = at.folder / "home" / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "cache.log").write_text("of this machine\n")
    everything = at.run("logs")
    assert "of this machine" in everything
    assert "the rest is shown without it" in everything
    made.faults.mend()
    at.run("cluster forget lab")
    for argv in ("logs hello", "open hello --print", "exec hello", "psql hello", "s3 ls hello"):
        said = at.run(argv, code=5)
        assert "lab has not joined" in said or "hello has no" in said


def test_a_doctor_looks_at_clusters_too(at: Desk, made: Cluster) -> None:
    [found] = at.json("doctor --cluster lab")  # a twin's own certificate is good for days alone
    assert (found["severity"], found["rule"], found["node"]) == ("warning", "certificates", "lab")
    made.images.tell(IMAGE, Image(exits=3, logs=("no database",)))
    pod = at.ask("lab", "/api/v1/namespaces/hello/pods")["items"][0]["metadata"]["name"]
    at.deletes("lab", f"/api/v1/namespaces/hello/pods/{pod}")
    eventually(lambda: "web ended with exit code 3" in at.run("doctor --cluster lab"))
    said = at.run("doctor --cluster lab")
    assert "!!  applications lab: hello does not serve: Deployment" in said
    assert "Did you mean 'lab'" in at.run("doctor --cluster lap", code=5)
    made.faults.tell(Fault(what="away"))
    assert "no  api server   lab: " in at.run("doctor --cluster lab", code=7)
