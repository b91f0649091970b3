"""Lane 2, as a person types it: a real cluster joins, an application comes, changes and leaves.

It has a control plane of its own, since one cluster has one rack.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk
from lanes.binaries import why_no_server
from lanes.control import control_plane
from lanes.controllers import Controllers
from lanes.summary import note

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]

RACK = """
rack: home
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
"""


@pytest.fixture
def at(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    note(request.node, "2")
    if why := why_no_server():
        pytest.skip(why)
    with control_plane(tmp_path) as control, Controllers(control.hand):
        note(request.node, "2", control.version)
        desk = Desk(tmp_path, capfd)
        desk.writes(RACK)
        desk.release("hello")
        desk.run(f"cluster add lab --kubeconfig {control.kubeconfig}")
        yield desk


def test_an_application_comes_changes_and_leaves(at: Desk) -> None:
    assert "+ kube.lab hello, " in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    at.release("hello", said="good evening")
    assert "hello -> good evening" in at.run("plan --only clusters --diff", code=2)
    at.apply()
    at.settled()
    (row,) = at.json("cluster list")
    (hello,) = row["applications"]
    assert (row["answers"], hello["application"], hello["why"]) == (True, "hello", "")
    at.leaves("hello")
    at.apply()
    at.settled()
    (row,) = at.json("cluster list")
    assert row["objects"] == 0


def test_another_rack_is_refused_by_its_name(at: Desk, tmp_path: Path) -> None:
    at.apply()
    (tmp_path / "attic").mkdir()
    attic = Desk(tmp_path / "attic", at.capture)
    attic.writes("rack: attic\nclusters: {lab: {}}\n")
    file = next(tmp_path.glob("*/admin"))
    said = attic.run(f"cluster add lab --kubeconfig {file}", code=4)
    assert "the rack 'home' has this cluster already" in said
