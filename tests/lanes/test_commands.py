"""Lane 3, as a person types it: a cluster joins, an application comes, changes and leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster_desk import Desk
from integration.docker.images import Tiny
from lanes.cluster import REGISTRY, Cluster
from lanes.desk import desk, rack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
SCORE = f"""
apiVersion: score.dev/v1b1
metadata: {{name: NAME}}
containers:
  web:
    image: {REGISTRY}/strangers/tea:1.0
    command: [/bin/sh, -c, "httpd -p 8080 -h /www; trap 'exit 0' TERM; while :; do sleep 0.2; done"]
    variables: {{GREETING: "SAID"}}
    readinessProbe: {{httpGet: {{path: /, port: 8080}}}}
service: {{ports: {{web: {{port: 80, targetPort: 8080}}}}}}
"""
WEB = "/apis/apps/v1/namespaces/tea/deployments/web"


@pytest.fixture
def at(cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Desk:
    made = desk(tmp_path, capfd, cluster)
    made.writes(rack("tea"))
    return made


def test_a_day_with_a_cluster(at: Desk, cluster: Cluster) -> None:
    cluster.import_image(Tiny("tea"), f"{REGISTRY}/strangers/tea:1.0")
    at.release("tea", "hello", SCORE)
    at.joins("lab")
    assert "+ kube.lab tea, " in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    (row,) = at.json("cluster list")
    assert (row["cluster"], row["answers"], row["ready"]) == ("lab", True, 1)

    at.release("tea", "good evening", SCORE)
    assert "hello -> good evening" in at.run("plan --only clusters --diff", code=2)
    at.apply()
    at.settled()

    cluster.control.hand.edit(WEB, {"spec": {"replicas": 2}})
    assert "changed by hand: spec.replicas: 1 -> 2" in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    assert cluster.control.hand.ask("GET", WEB)["status"]["replicas"] == 1

    at.leaves("tea")
    assert "- kube.lab tea, " in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    assert cluster.control.hand.send("GET", "/api/v1/namespaces/tea").status_code == 404
