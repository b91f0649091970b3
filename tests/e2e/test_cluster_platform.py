"""A cluster of the rack's own machines is planned with its platform, and asked for its pins."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster_desk import Desk, desk
from rackhouse.desired.platform.copied import GIVEN
from rackhouse.targets.vault.by_hand import give

pytestmark = pytest.mark.slow
RACK = """
rack: home
nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
clusters: {lab: {nodes: [pi]}}
applications: {hello: {repository: hello, cluster: lab}}
"""
SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers:
  web:
    image: docker.io/library/nginx:1.29.3
    variables: {GREETING: "SAID", VISITS: "${resources.visits.url}"}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources: {visits: {type: redis}}
"""


def give_in(at: Desk, name: str) -> None:
    """Set a secret of the platform."""
    scope, _, key = name.partition(".")
    with at.house() as house:
        give(house.store, scope, key, "a-key")


def test_the_plan_has_the_platform_and_asks_for_pins(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path, capfd, "lab") as at:
        at.writes(RACK)
        at.release("hello", score=SCORE)
        at.joins("lab")
        said = at.run("plan --only clusters", code=2)
        assert "+ kube.lab gitea, 11 objects: absent" in said
        assert "+ kube.lab/HelmChart/kube-system.cloudnative-pg: absent" in said
        assert "StatefulSet seaweedfs valkey" in said
        assert "+ kube.lab hello, " in said
        assert "images of the platform not pinned: `rackhouse platform pin`" in said
        at.writes(f'{RACK}backups: {{to: "s3://s3.elsewhere.example/rack"}}\n')
        assert "not copied until its S3 can be entered" in at.run("plan --only clusters", code=2)
        for each in GIVEN:
            give_in(at, each)
        said = at.run("plan --only clusters", code=2)
        assert "ObjectStore copies" in said
        assert "not copied" not in said
        assert "no job can release by itself: there is no broker" in said
        own = f"git.home.arpa/home/rackhouse@sha256:{'0' * 64}"
        at.writes(f'{RACK}platform: {{image: "{own}"}}\n')
        said = at.run("plan --only clusters", code=2)
        assert "Deployment broker" in said
        assert "no job can release by itself" not in said
        at.writes(RACK.replace("disk: nvme", "disk: sd"))
        assert "[databases-on-cards]" in at.run("plan --only clusters", code=3)
