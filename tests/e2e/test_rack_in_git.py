"""A rack file on its cluster's Gitea, against an API server in memory: from the first apply on."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster_desk import cluster, desk
from rackhouse.twin.kube.serving import serve
from unit.delivery.following.lab import RACK, Lab

pytestmark = pytest.mark.slow
SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: tea}
containers: {web: {image: "docker.io/library/nginx:1.29.3"}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""


async def test_from_an_empty_cluster_to_a_merge(tmp_path: Path) -> None:
    with serve(cluster(), tmp_path / "server") as served:
        lab = Lab(tmp_path, kubeconfig=served.kubeconfig())
        await lab.begin()
        assert {"/orgs/home", "/repos/home/rack", "/users/builder"} <= lab.fake.things.keys()
        assert await lab.undone() == [], "one apply made all of it"
        history = lab.fake.history
        history.commit("main", {"rack.yaml": RACK})
        await lab.look()
        with_tea = f"{RACK}applications: {{tea: {{folder: ./tea, cluster: home}}}}\n"
        history.commit("tea", {"rack.yaml": with_tea, "tea/score.yaml": SCORE})
        number = history.pull("tea")
        await lab.look()
        (text,) = history.said(number)
        assert "+ kube.home/Deployment/tea.web: absent" in text
        sha = history.merge(number)
        await lab.look()
        assert history.state(sha, "rackhouse/apply") == "success", lab.said
        assert await lab.undone() == []


def test_without_a_gitea_the_command_says_what_is_lacking(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path, capfd, "lab") as at:
        at.writes("rack: home\nclusters: {lab: {}}\n")
        at.joins("lab")
        said = at.run("cluster follow --once", code=5)
        assert "no cluster that has joined has the rack's own Gitea" in said
        said = at.run("cluster password ada", code=5)
        assert "the rack file has no keeper 'ada'" in said
