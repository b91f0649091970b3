"""Lane 2: what goes wrong on a real API server is said so that a person understands it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.rack import Rack
from rackhouse.desired.kube import cluster_of
from rackhouse.kit.errors import RackhouseError, Refused, StepFailed
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.kube import Object
from rackhouse.resources.seen import Stamp
from rackhouse.targets.protocol import Target
from unit.desired.kube.examples import EXAMPLES, released, wanted

pytestmark = pytest.mark.xdist_group("kubernetes")
ONE = load((EXAMPLES / "racks" / "one.yaml").read_text())
WEB = "/apis/apps/v1/namespaces/site/deployments/web"
Resources = dict[Id, Resource[Any]]


@pytest.fixture
def site() -> Resources:
    return {it.id: it for it in wanted(ONE, [released(EXAMPLES / "apps" / "site")])}


@pytest.fixture
def reached_by(tmp_path: Path) -> Callable[[Path], Rack]:
    return lambda kubeconfig: Rack(ONE.name, kubeconfig, tmp_path, cluster_of(ONE, ""))


@pytest.fixture
def rack(server: ControlPlane, reached_by: Callable[[Path], Rack]) -> Rack:
    return reached_by(server.kubeconfig)


async def test_a_server_that_is_away_is_named_and_all_goes_on_when_it_is_back(
    server: ControlPlane, rack: Rack, site: Resources
) -> None:
    server.stop_api()
    try:
        plan = await rack.plan(site)
        assert not [it for it in plan.steps if it.id.target == rack.target]
        assert "API server" in str(plan)
        assert not plan.complete
    finally:
        server.start_api()
    with Controllers(server.hand):
        assert (await rack.apply(site)).ok
        assert (await rack.apply({}, purge=site)).ok


@pytest.mark.parametrize(
    ("life", "said"),
    [
        pytest.param(timedelta(hours=-1), "the certificate ended on", id="ended"),
        pytest.param(timedelta(days=1), "is forbidden", id="no-rights"),
    ],
)
async def test_a_way_in_that_is_none_says_why(
    server: ControlPlane,
    reached_by: Callable[[Path], Rack],
    site: Resources,
    life: timedelta,
    said: str,
) -> None:
    """`nobody` has a certificate that the server knows, and no binding."""
    file = server.authority.kubeconfig("nobody.conf", server.url, "nobody", life=life)
    target = reached_by(file).open_target()
    it = next(each for each in site.values() if each.id.kind == "Namespace")
    with pytest.raises(RackhouseError) as caught:
        await _ensure(target, it)
    await target.close()
    assert said in str(caught.value)
    assert caught.value.fix


async def test_a_controller_that_writes_the_same_field_is_not_written_over(
    server: ControlPlane, controllers: Controllers, rack: Rack, site: Resources
) -> None:
    assert (await rack.apply(site)).ok
    theirs = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "site"},
        "spec": {"replicas": 3},
    }
    query = {"fieldManager": "argocd-controller", "force": "true"}
    server.hand.ask("PATCH", WEB, theirs, kind="apply-patch+yaml", **query)
    done = await rack.apply(site)
    (error,) = done.failed.values()
    assert isinstance(error, Refused)
    assert ".spec.replicas by 'argocd-controller'" in str(error)
    assert server.hand.ask("GET", WEB)["spec"]["replicas"] == 3
    assert (await rack.apply({}, purge=site)).ok


async def test_a_quota_of_somebody_is_named(
    server: ControlPlane, controllers: Controllers, rack: Rack, site: Resources
) -> None:
    """The quota is there before the service is: another controller would fill its status in."""
    first = {id: it for id, it in site.items() if id.kind in {"Namespace", "PriorityClass"}}
    assert (await rack.apply(first)).ok
    hard = {"services": "0"}
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "theirs", "namespace": "site"},
        "spec": {"hard": hard},
    }
    path = "/api/v1/namespaces/site/resourcequotas/theirs"
    server.hand.apply(path, quota)
    status = {"status": {"hard": hard, "used": hard}}
    server.hand.ask("PATCH", f"{path}/status", status, kind="merge-patch+json")
    done = await rack.apply(site)
    said = [str(it) for id, it in done.failed.items() if id.kind == "Service"]
    assert any("the quota 'theirs' is used up" in it for it in said), done.failed
    server.hand.ask("DELETE", path)
    assert (await rack.apply(site)).ok
    assert (await rack.apply({}, purge=site)).ok


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        pytest.param('{"a": "%s"}' % ("x" * 1_600_000), Refused, "too large", id="large"),
        pytest.param('{"a": 1}', StepFailed, ".data.a", id="type"),
    ],
)
async def test_what_a_server_cannot_take_says_so(
    server: ControlPlane, rack: Rack, content: str, kind: type[RackhouseError], said: str
) -> None:
    metadata = '{"name": "files", "namespace": "default"}'
    body = f'{{"apiVersion":"v1","kind":"ConfigMap","metadata":{metadata},"data":{content}}}'
    spec = Object(api="v1", kind="ConfigMap", namespace="default", name="files", body=Text.of(body))
    target = rack.open_target()
    with pytest.raises(kind) as caught:
        await _ensure(target, Resource(id=Id(rack.target, "ConfigMap", "default.files"), spec=spec))
    await target.close()
    assert said in str(caught.value)
    assert "x" * 1000 not in str(caught.value)
    assert server.hand.send("GET", "/api/v1/namespaces/default/configmaps/files").is_error


async def _ensure(target: Target, resource: Resource[Any]) -> None:
    stamp = Stamp(rack=ONE.name, digest=resource.digest)
    await target.ensure(resource, stamp, {}, lambda _: None)
