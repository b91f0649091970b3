"""Bad days of a cluster, as a person meets them: a sentence, an exit code, nothing is harmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from e2e.cluster_desk import Desk, cluster, desk
from rackhouse.twin.kube.serving import serve

pytestmark = pytest.mark.slow

RACK = """
rack: home
clusters: {lab: {}, edge: {}}
applications:
  hello: {repository: hello, cluster: lab}
  other: {repository: other, cluster: edge}
"""


@pytest.fixture
def at(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk(tmp_path, capfd, "lab", "edge") as made:
        made.writes(RACK)
        made.release("hello")
        made.release("other")
        yield made


def test_what_a_stranger_has_is_refused_by_name_and_not_touched(at: Desk) -> None:
    at.joins("lab")
    at.makes(
        "lab", "/api/v1/namespaces", {"metadata": {"name": "hello", "labels": {"whose": "ada"}}}
    )
    said = at.run("plan --only clusters", code=4)
    assert "kube.lab/Namespace/hello exists, and this rack did not make it" in said
    at.run("apply --only clusters --yes", code=4)
    labels = at.ask("lab", "/api/v1/namespaces/hello")["metadata"]["labels"]
    assert labels["whose"] == "ada"
    assert not any(name.startswith("rackhouse") for name in labels)
    assert at.ask("lab", "/apis/apps/v1/namespaces/hello/deployments/web") is None


def test_two_racks_do_not_share_a_cluster(
    at: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    at.joins("lab")
    at.apply()
    (tmp_path / "attic").mkdir()
    attic = Desk(tmp_path / "attic", capfd, at.clusters)
    attic.writes("rack: attic\nclusters: {lab: {}}\n")
    said = attic.run(f"cluster add lab --kubeconfig {at.kubeconfig('lab')}", code=4)
    assert "the rack 'home' has this cluster already" in said
    assert "has not joined" in attic.run("cluster list")


def test_one_that_is_out_of_sight_stops_nobody(at: Desk, tmp_path: Path) -> None:
    at.joins("lab")
    with serve(cluster(), tmp_path / "gone") as gone:
        at.clusters["edge"] = gone
        at.joins("edge")
    said = at.run("plan --only clusters", code=2)
    assert "? kube.edge: " in said
    assert "+ kube.lab hello, " in said
    said = at.run("apply --only clusters --yes", code=1)
    assert "✓ + kube.lab/Deployment/hello.web" in said
    assert "kube.edge" in said
    row = at.json("cluster list")[1]
    assert (row["answers"], row["cluster"]) == (False, "edge")
    at.run("plan --only clusters", code=2)


def test_a_server_whose_certificate_has_ended_is_told_so(at: Desk, tmp_path: Path) -> None:
    at.joins("lab")
    at.apply()
    with serve(cluster(), tmp_path / "late", expired=True) as late:
        at.clusters["lab"] = late
        said = at.run(f"cluster add lab --kubeconfig {at.kubeconfig('lab')}", code=8)
        assert "expired" in said or "ended" in said


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("just words", 3, "it is no kubeconfig"),
        ("contexts: []\nclusters: []\nusers: []\n", 5, "no current context"),
    ],
)
def test_a_wrong_kubeconfig_is_refused(at: Desk, text: str, code: int, words: str) -> None:
    file = at.folder / "wrong"
    file.write_text(text)
    assert words in at.run(f"cluster add lab --kubeconfig {file}", code=code)
    assert "has not joined" in at.run("cluster list")


def test_another_authority_is_not_trusted(at: Desk) -> None:
    """The address of one cluster with what vouches for another."""
    mine, other = at.kubeconfig("lab"), at.clusters["edge"]
    mine.write_text(mine.read_text().replace(at.clusters["lab"].url, other.url))
    said = at.run(f"cluster add lab --kubeconfig {mine}", code=8)
    assert "certificate" in said


def test_of_several_contexts_the_one_that_is_named_joins(at: Desk) -> None:
    lab, edge = (at.clusters[name].kubeconfig(context=name) for name in ("lab", "edge"))
    both = yaml.safe_load(lab)
    for part in ("clusters", "users", "contexts"):
        both[part] += yaml.safe_load(edge)[part]
    file = at.folder / "both"
    file.write_text(yaml.safe_dump(both))
    assert at.clusters["lab"].url in at.run(f"cluster add lab --kubeconfig {file}")
    said = at.run(f"cluster add edge --kubeconfig {file} --context edge")
    assert at.clusters["edge"].url in said
    at.run(f"cluster add edge --kubeconfig {file} --context egde", code=5)


def test_no_secret_of_the_way_in_is_said(at: Desk) -> None:
    token = "a-token-that-nobody-must-see"
    file = at.kubeconfig("lab", token=token)
    said = at.run(f"cluster add lab --kubeconfig {file}")
    said += at.run("plan --only clusters --diff", code=2)
    said += at.run("cluster list --json") + at.run("status --json", code=2) + at.run("journal")
    assert token not in said
