"""Releases on a cluster by the command line: from the desk, and from a runner that has no rack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.cluster_desk import SCORE, Desk, cluster, desk
from rackhouse.twin.kube.serving import serve

RACK = """
rack: home
clusters: {lab: {}}
applications: {hello: {repository: hello, cluster: lab}}
"""
DEPLOYMENT = "/apis/apps/v1/namespaces/hello/deployments/web"

pytestmark = pytest.mark.slow


@pytest.fixture
def at(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk(tmp_path, capfd, "lab") as made:
        made.writes(RACK)
        made.joins("lab")
        yield made


def folder(at: Desk, said: str, score: str = SCORE) -> Path:
    """What is to be released, as its repository has it."""
    source = at.folder / "work" / "hello"
    source.mkdir(parents=True, exist_ok=True)
    (source / "score.yaml").write_text(score.replace("NAME", "hello").replace("SAID", said))
    return source


def greeting(at: Desk) -> str:
    container = at.ask("lab", DEPLOYMENT)["spec"]["template"]["spec"]["containers"][0]
    found: str = next(it["value"] for it in container["env"] if it["name"] == "GREETING")
    return found


def names(found: dict[str, Any]) -> set[str]:
    return {it["metadata"]["name"] for it in found["items"]}


def test_from_the_desk_and_from_a_runner_and_back(at: Desk) -> None:
    assert "hello r1 is live" in at.run(f"release {folder(at, 'one')}")
    assert greeting(at) == "one"
    assert "hello r2 is live" in at.run(f"release {folder(at, 'two')}")
    there = at.kubeconfig("lab")
    assert "hello r3 is live" in at.run(f"release {folder(at, 'three')} --kubeconfig {there}")
    assert greeting(at) == "three"
    assert "r3    live" in at.run("releases hello")

    at.apply()  # which learns of it first, so that it does not go back
    assert greeting(at) == "three"
    at.settled()

    assert "hello r2 is live" in at.run("rollback hello")
    assert greeting(at) == "two"
    at.apply()
    assert greeting(at) == "two"
    at.settled()


def test_what_a_push_brought_is_explained_from_the_desk(at: Desk) -> None:
    at.run(f"release {folder(at, 'one')}")
    at.run(f"release {folder(at, 'two')} --kubeconfig {at.kubeconfig('lab')}")
    at.run("plan --only clusters", code=2)  # which learns of it
    assert "hello r2: " in at.run("explain hello")


def test_more_than_was_granted_is_said_by_name_and_the_rack_grants_it(at: Desk) -> None:
    at.run(f"release {folder(at, 'one')}")
    more = SCORE.replace("targetPort: 8080", "targetPort: 8081")
    said = at.run(f"release {folder(at, 'two', more)}", code=4)
    assert "asks for what it was not granted: other ports" in said
    assert greeting(at) == "one"
    assert "hello r2 is live" in at.run(f"release {folder(at, 'two', more)} --grant")
    assert "hello r3 is live" in at.run(f"release {folder(at, 'three', more)}")
    assert greeting(at) == "three"


def test_what_was_recorded_leaves_with_the_application_and_its_data_stays(at: Desk) -> None:
    maps = "/api/v1/namespaces/hello/configmaps"
    score = SCORE.replace("image:", "volumes: {/data: {source: data}}\n    image:")
    score += "resources: {data: {type: volume}}\n"
    for said in ("one", "two"):
        at.run(f"release {folder(at, said, score)}")
    assert "release-r2" in names(at.ask("lab", maps))
    at.leaves("hello")
    at.apply()
    assert names(at.ask("lab", maps.replace("configmaps", "persistentvolumeclaims"))) == {"data"}
    end = time.monotonic() + 20
    while left := names(at.ask("lab", maps)) - {"kube-root-ca.crt"}:
        assert time.monotonic() < end, left
    assert "\nnothing to do\n" in at.run("plan --only clusters")


def test_what_has_expired_does_not_go_live(at: Desk) -> None:
    over = SCORE.replace("NAME}", 'NAME, annotations: {rackhouse.dev/expires: "2001-01-01"}}')
    said = at.run(f"release {folder(at, 'one', over)}", code=4)
    assert "hello expired on 2001-01-01" in said
    at.run(f"release {folder(at, 'one')}")
    there = at.kubeconfig("lab")
    at.run(f"release {folder(at, 'two', over)} --kubeconfig {there}", code=4)
    assert greeting(at) == "one"


def test_the_rack_grants_nothing_while_a_push_is_released(at: Desk) -> None:
    at.run(f"release {folder(at, 'one')}")
    turn = {"metadata": {"name": "release-turn"}, "data": {"by": "push main"}}
    at.makes("lab", "/api/v1/namespaces/hello/configmaps", turn)
    said = at.run(f"release {folder(at, 'two')} --grant", code=4)
    assert "what serves of hello is being changed, by push main" in said
    assert greeting(at) == "one"


def test_another_cluster_that_is_away_is_none_of_its_business(at: Desk) -> None:
    other = ", other: {repository: other, cluster: far}}"
    at.writes(RACK.replace("{lab: {}}", "{lab: {}, far: {}}").replace("lab}}", f"lab}}{other}"))
    with serve(cluster(), at.folder / "far") as far:
        at.clusters["far"] = far
        at.joins("far")
        at.release("other")
        at.apply()
    assert "hello r1 is live" in at.run(f"release {folder(at, 'one')}")
    assert greeting(at) == "one"
    assert "hello r2 is live" in at.run(f"release {folder(at, 'two')}")  # by its own account


def test_what_the_rack_grants_is_of_its_own_registry_all_the_same(at: Desk) -> None:
    own = SCORE.replace("image: docker.io/library/nginx:1.29.3", "image: .")
    said = at.run(f"release {folder(at, 'one', own)} --image docker.io/library/nginx:1", code=4)
    assert "docker.io/library/nginx:1 is not what hello may run" in said


def test_an_image_of_others_is_granted_like_all_else(at: Desk) -> None:
    at.run(f"release {folder(at, 'one')}")
    other = SCORE.replace("nginx:1.29.3", "httpd:2.4")
    said = at.run(f"release {folder(at, 'two', other)}", code=4)
    assert "images of others that it was not granted: docker.io/library/httpd:2.4" in said
    assert "hello r2 is live" in at.run(f"release {folder(at, 'two', other)} --grant")
    assert "hello r3 is live" in at.run(f"release {folder(at, 'three', other)}")


def test_an_application_that_is_on_no_cluster_is_told_so(at: Desk) -> None:
    at.writes(RACK.replace(", cluster: lab", ""))
    said = at.run(f"release {folder(at, 'one')}", code=4)
    assert "the rack file says of no cluster that hello runs there" in said
