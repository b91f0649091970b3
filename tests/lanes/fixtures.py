"""Fixtures of lanes 2 and 3, for whichever folder of tests imports them into its conftest.

Tests that ask for one belong to the group `kubernetes`, so that one worker starts one cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lanes import crds
from lanes.binaries import why_no_pods, why_no_server
from lanes.cluster import Cluster
from lanes.cluster import cluster as whole
from lanes.control import ControlPlane
from lanes.control import control_plane as started
from lanes.controllers import Controllers
from lanes.summary import note


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with started(tmp_path_factory.mktemp("kubernetes")) as made:
        yield made


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with whole(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def control_plane(request: pytest.FixtureRequest) -> ControlPlane:
    """Lane 2: a real API server, the same for all; what a test makes there has names of its own."""
    note(request.node, "2")
    if why := why_no_server():
        pytest.skip(why)
    made: ControlPlane = request.getfixturevalue("_server")
    note(request.node, "2", made.version)
    return made


@pytest.fixture
def server(control_plane: ControlPlane) -> ControlPlane:
    """The same, with the kinds that operators bring."""
    crds.install(control_plane.hand)
    return control_plane


@pytest.fixture
def controllers(server: ControlPlane) -> Iterator[Controllers]:
    """What plays the controllers that it lacks."""
    with Controllers(server.hand) as playing:
        yield playing


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """Lane 3: a real cluster of one node, the same for all."""
    note(request.node, "3")
    if why := why_no_pods():
        pytest.skip(why)
    made: Cluster = request.getfixturevalue("_cluster")
    note(request.node, "3", made.control.version)
    return made
