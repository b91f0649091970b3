"""One suite for the twin of a Kubernetes API server and for the real one.

`api` is either; what a test expects holds for both, or the twin is wrong. The real one runs where
KUBEBUILDER_ASSETS names its programs. It has no controllers: neither has the twin, unless it is
stepped.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from integration.kube.api import Api
from lanes.certificates import ADMINISTRATORS
from lanes.control import ControlPlane
from lanes.fixtures import _server, control_plane
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import crds

__all__ = ["_server", "control_plane"]

_PATIENCE = 30  # seconds for one answer of a server on a busy machine


@pytest.fixture(
    params=["twin", pytest.param("real", marks=pytest.mark.xdist_group("kubernetes"))],
)
def which(request: pytest.FixtureRequest) -> Cluster | ControlPlane:
    """The server that this test is about."""
    if request.param == "twin":
        return Cluster()
    found: ControlPlane = request.getfixturevalue("control_plane")
    return found


@pytest.fixture
async def api(which: Cluster | ControlPlane) -> AsyncIterator[Api]:
    """A way in, as an administrator, with a namespace of the test's own."""
    namespace = f"t-{uuid4().hex[:12]}"
    async with client_of(which) as client:
        step = (lambda: crds.step(which)) if isinstance(which, Cluster) else None
        made = Api(client, namespace, lambda: client_of(which, known=False), step)
        await made.namespaced()
        yield made
        await client.delete(f"/api/v1/namespaces/{namespace}")


def client_of(which: Cluster | ControlPlane, *, known: bool = True) -> httpx.AsyncClient:
    """As an administrator, or as nobody."""
    agent = {"user-agent": "suite/1"}
    if isinstance(which, Cluster):
        transport = httpx.ASGITransport(create_app(which))
        return httpx.AsyncClient(transport=transport, base_url="http://twin", headers=agent)
    context = ssl.create_default_context(cafile=str(which.authority.file))
    if known:
        pair = which.authority.client("suite", ADMINISTRATORS)
        context.load_cert_chain(pair.certificate, pair.key)
    return httpx.AsyncClient(
        base_url=which.url, verify=context, trust_env=False, timeout=_PATIENCE, headers=agent
    )
