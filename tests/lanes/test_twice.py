"""Lane 2: every example released anew, asked what that would change, edited by hand, gone back
from, and all of it again, on a real API server.

Controllers are played, as in `test_apply`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lanes import crds
from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.rack import Rack, Resources
from rackhouse.app.model import App
from rackhouse.desired.kube import cluster_of
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.targets.kube import Kube
from unit.desired.kube.examples import APPLICATIONS, EXAMPLES, released, wanted

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
ONE = load((EXAMPLES / "racks" / "one.yaml").read_text())
# What runs, and a field of each that somebody edits.
RUNS = {
    "CronJob": "failedJobsHistoryLimit",
    "Deployment": "revisionHistoryLimit",
    "StatefulSet": "revisionHistoryLimit",
}


@pytest.fixture
def server(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    crds.install(control_plane.hand)
    with Controllers(control_plane.hand):
        yield control_plane


def examples(number: int) -> dict[Id, Any]:
    """All of them, as their release of that number."""
    return {it.id: it for it in wanted(ONE, [_at(released(it), number) for it in APPLICATIONS])}


def _at(app: App, number: int) -> App:
    assert app.release is not None
    return replace(app, release=replace(app.release, number=number, digest=f"{number:016x}"))


def running(found: Resources) -> list[Id]:
    return [id for id in found if id.kind in RUNS]


async def test_every_example_is_changed_diffed_drifted_and_gone_back_from_twice(
    server: ControlPlane, tmp_path: Path
) -> None:
    rack = Rack(ONE.name, server.kubeconfig, tmp_path, cluster_of(ONE, ""))
    first, second = examples(1), examples(2)
    assert len(running(first)) == len(APPLICATIONS)
    assert (await rack.apply(first)).ok
    for _ in range(2):
        assert set(running(second)) <= {step.id for step in (await rack.plan(second)).steps}
        await _diffed(rack, second)
        assert (await rack.apply(second)).ok
        assert not (await rack.plan(second)).steps
        _drift(server, second)
        drifted = (await rack.plan(second)).steps
        assert {step.id for step in drifted} == set(running(second))
        assert all(step.why.startswith("changed by hand: spec.") for step in drifted)
        assert (await rack.apply(second)).ok
        assert (await rack.apply(first)).ok
        assert not (await rack.plan(first)).steps
    assert (await rack.apply({}, purge={*first, *second})).ok


async def _diffed(rack: Rack, found: Resources) -> None:
    """The server says of each what its next release would change, and changes nothing."""
    target = rack.open_target()
    assert isinstance(target, Kube)
    for id in running(found):
        values = {ref: await target.output(ref) for ref in found[id].refs}
        changes = await target.rehearse(found[id], values)
        assert any("release" in str(it) and "r1" in str(it) and "r2" in str(it) for it in changes)
    await target.close()


def _drift(server: ControlPlane, found: Resources) -> None:
    for id in running(found):
        namespace, _, name = id.name.partition(".")
        api = "batch" if id.kind == "CronJob" else "apps"
        path = f"/apis/{api}/v1/namespaces/{namespace}/{id.kind.lower()}s/{name}"
        server.hand.edit(path, {"spec": {RUNS[id.kind]: 7}})
