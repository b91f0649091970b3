"""Where commands are typed, with the real cluster of lane 3 in reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster_desk import Desk
from lanes.cluster import Cluster
from rackhouse.twin.kube.serving import Served


class _Given(Served):
    """A cluster whose whole kubeconfig is given."""

    def kubeconfig(self, context: str = "", token: str = "") -> str:
        return self.authority


def desk(folder: Path, capture: pytest.CaptureFixture[str], cluster: Cluster) -> Desk:
    """A desk that knows it as `lab`."""
    way = _Given(cluster.control.url, cluster.control.kubeconfig.read_text())
    return Desk(folder, capture, {"lab": way})


def rack(application: str) -> str:
    """A rack file with one application on that cluster."""
    return f"""
rack: home
data: {{postgres: none}}
clusters: {{lab: {{}}}}
applications:
  {application}: {{repository: {application}, cluster: lab}}
"""
