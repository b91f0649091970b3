"""Lane 2: our target on a real API server. Every example is applied, changed, drifted and pruned.

Controllers are played, since a control plane alone has none: no pod runs here (lane 3 has them).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from e2e.conftest import eventually
from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.rack import Rack
from rackhouse.app.model import App
from rackhouse.desired.kube import cluster_of
from rackhouse.kit.errors import NotOurs, NotReady
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource
from unit.desired.kube.examples import APPLICATIONS, EXAMPLES, RACKS, released, wanted

pytestmark = pytest.mark.xdist_group("kubernetes")
ONE = load((EXAMPLES / "racks" / "one.yaml").read_text())


@pytest.fixture
def rack(server: ControlPlane, tmp_path: Path) -> Rack:
    return Rack(ONE.name, server.kubeconfig, tmp_path, cluster_of(ONE, ""))


def resources(*apps: App, of: Any = ONE) -> dict[Id, Resource[Any]]:
    return {it.id: it for it in wanted(of, list(apps))}


def site() -> App:
    return released(EXAMPLES / "apps" / "site")


def guestbook() -> App:
    return released(EXAMPLES / "apps" / "guestbook")


async def gone(rack: Rack, *had: dict[Id, Resource[Any]]) -> None:
    """Everything of the rack leaves, its data too; and the server has nothing of it left."""
    done = await rack.apply({}, purge={id for each in had for id in each})
    assert done.ok, done
    target = rack.open_target()
    assert not await target.observe(None)
    await target.close()


@pytest.mark.parametrize("file", RACKS, ids=lambda file: file.stem)
async def test_every_example_is_applied_twice_and_leaves(
    server: ControlPlane, controllers: Controllers, tmp_path: Path, file: Path
) -> None:
    found = load(file.read_text())
    all_of_it = resources(*map(released, APPLICATIONS), of=found)
    rack = Rack(found.name, server.kubeconfig, tmp_path, cluster_of(found, ""))
    done = await rack.apply(all_of_it)
    assert done.ok, done
    assert not (await rack.plan(all_of_it)).steps
    await gone(rack, all_of_it)


async def test_a_change_is_planned_as_just_that(controllers: Controllers, rack: Rack) -> None:
    before, after = resources(site()), resources(replace(site(), replicas=(3, 3)))
    assert (await rack.apply(before)).ok
    steps = (await rack.plan(after)).steps
    assert f"{rack.target}/Deployment/site.web" in {str(step.id) for step in steps}
    assert {step.id.name for step in steps} < {id.name for id in after}
    assert (await rack.apply(after)).ok
    assert not (await rack.plan(after)).steps
    await gone(rack, before, after)


async def test_what_is_changed_by_hand_is_seen_with_its_field_and_mended(
    server: ControlPlane, controllers: Controllers, rack: Rack
) -> None:
    all_of_it = resources(site())
    assert (await rack.apply(all_of_it)).ok
    path = "/apis/apps/v1/namespaces/site/deployments/web"
    server.hand.edit(path, {"spec": {"replicas": 5}})
    (step,) = (await rack.plan(all_of_it)).steps
    assert "spec.replicas: 1 -> 5" in str(step)
    assert (await rack.apply(all_of_it)).ok
    assert server.hand.ask("GET", path)["spec"]["replicas"] == 1
    await gone(rack, all_of_it)


async def test_what_is_deleted_by_hand_is_made_again(
    server: ControlPlane, controllers: Controllers, rack: Rack
) -> None:
    all_of_it = resources(site())
    assert (await rack.apply(all_of_it)).ok
    path = "/apis/networking.k8s.io/v1/namespaces/site/networkpolicies/closed"
    server.hand.ask("DELETE", path)
    assert [str(it.id) for it in (await rack.plan(all_of_it)).steps] == [
        f"{rack.target}/NetworkPolicy/site.closed"
    ]
    assert (await rack.apply(all_of_it)).ok
    assert server.hand.ask("GET", path)["spec"]["policyTypes"] == ["Ingress", "Egress"]
    await gone(rack, all_of_it)


async def test_an_application_leaves_and_the_others_stay(
    server: ControlPlane, controllers: Controllers, rack: Rack
) -> None:
    both, one = resources(site(), guestbook()), resources(guestbook())
    assert (await rack.apply(both)).ok
    assert (await rack.apply(one)).ok
    assert server.hand.send("GET", "/api/v1/namespaces/site").status_code == 404
    assert server.hand.send("GET", "/api/v1/namespaces/guestbook").is_success
    assert not (await rack.plan(one)).steps
    await gone(rack, both)


async def test_what_is_somebody_elses_is_never_touched(
    server: ControlPlane, controllers: Controllers, rack: Rack
) -> None:
    theirs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "site"}}
    server.hand.apply("/api/v1/namespaces/site", theirs)
    was = server.hand.ask("GET", "/api/v1/namespaces/site")
    with pytest.raises(NotOurs, match="Namespace/site exists, and this rack did not make it"):
        await rack.apply(resources(site()))
    assert server.hand.ask("GET", "/api/v1/namespaces/site") == was
    await gone(rack, resources(site()))
    assert server.hand.ask("GET", "/api/v1/namespaces/site")["status"]["phase"] == "Active"
    server.hand.ask("DELETE", "/api/v1/namespaces/site")
    # Whoever empties namespaces comes when he comes; the next test finds none of that name.
    assert eventually(lambda: server.hand.send("GET", "/api/v1/namespaces/site").status_code == 404)


async def test_two_racks_on_one_cluster_do_not_touch_each_other(
    server: ControlPlane, controllers: Controllers, rack: Rack, tmp_path: Path
) -> None:
    all_of_it = resources(site())
    assert (await rack.apply(all_of_it)).ok
    other = Rack("other", server.kubeconfig, tmp_path, rack.target.partition(".")[2])
    with pytest.raises(NotOurs, match=f"belongs to the rack '{rack.name}'"):
        await other.apply(all_of_it)
    assert (await other.apply({})).ok
    assert not (await rack.plan(all_of_it)).steps
    await gone(rack, all_of_it)


async def test_a_release_that_never_becomes_ready_goes_back(
    server: ControlPlane, controllers: Controllers, rack: Rack
) -> None:
    good = site()
    assert good.release is not None
    bad = replace(good, release=replace(good.release, number=2, digest="2" * 16))
    before, after = resources(good), resources(bad)
    assert (await rack.apply(before)).ok
    path = "/apis/apps/v1/namespaces/site/deployments/web"
    image = _image(server.hand.ask("GET", path))
    controllers.broken.add(image.replace(":r1", ":r2"))
    done = await rack.apply(after)
    (error,) = [it for it in done.failed.values() if isinstance(it, NotReady)]
    assert "what was before is back" in str(error)
    assert _image(server.hand.ask("GET", path)) == image
    assert (await rack.apply(before)).ok
    assert not (await rack.plan(before)).steps
    await gone(rack, before, after)


def _image(live: Any) -> str:
    found: str = live["spec"]["template"]["spec"]["containers"][0]["image"]
    return found
