"""Lane 2: what is shown of the target on the twin, shown again on a real API server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lanes.control import ControlPlane
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.strangers import Strangers
from rackhouse.twin.kube.cluster import Cluster
from unit.targets.kube.place import Lab
from unit.targets.kube.test_removal import SETS
from unit.targets.kube.test_target import *  # noqa: F403  the same tests, with another server
from unit.targets.kube.test_target import CONFIG, SPACE

pytestmark = pytest.mark.xdist_group("kubernetes")
SETS_AT = "/apis/apps/v1/namespaces/hello/replicasets"
MADE = ("configmaps", "secrets")


@pytest.fixture
async def lab(control_plane: ControlPlane) -> AsyncIterator[Lab]:
    """One namespace, for nothing ends one on a server without controllers; empty each time."""
    server = Server(read(control_plane.kubeconfig.read_text()))
    lab = Lab(Cluster(), server=server)
    for plural in MADE:
        await server.ask("DELETE", f"/api/v1/namespaces/hello/{plural}", fine=(404,))
    await lab.ensure(SPACE)
    yield lab
    await server.close()


async def test_what_no_rack_makes_counts_as_a_strangers_too(lab: Lab) -> None:
    """As a real server lists its kinds, and the names of each."""
    strangers = Strangers(lab.way, lab.rack)
    await lab.ensure(CONFIG)
    assert await strangers.within("hello") == []
    body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "theirs"}}
    await lab.post(SETS_AT, {**body, "spec": SETS})
    try:
        assert await strangers.within("hello") == ["ReplicaSet theirs"]
    finally:
        await lab.way.ask("DELETE", f"{SETS_AT}/theirs")
