"""Lane 2: a release on a real API server, with RBAC: as an account that may nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.rack import Rack
from rackhouse.delivery.onrack.door import door
from rackhouse.delivery.onrack.identity import token, with_token
from rackhouse.delivery.onrack.records import Records
from rackhouse.delivery.onrack.release import release, rollback
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.needed import needed
from rackhouse.desired.kube.releasing import GRANTED, releasing
from rackhouse.kit.errors import Locked, Refused
from rackhouse.targets.kube.kubeconfig import Access, read
from rackhouse.targets.kube.server import Server
from unit.delivery.onrack.place import HELLO, RACK, coming, image, released

pytestmark = pytest.mark.xdist_group("kubernetes")
SPACE = "/api/v1/namespaces/hello"
DEPLOYMENT = "/apis/apps/v1/namespaces/hello/deployments/web"


@asynccontextmanager
async def brought(server: ControlPlane, folder: Path) -> AsyncIterator[Access]:
    """The rack has brought hello r1 there; afterwards it takes it away again."""
    rack = Rack(RACK.name, server.kubeconfig, folder)
    apps, given = [released(HELLO, 1)], {"hello.key"}
    wanted = needed(kube(RACK, apps, given))
    wanted |= {it.id: it for it in releasing(RACK, apps, dict(wanted), given)}
    with Controllers(server.hand):
        done = await rack.apply(wanted)
        assert done.ok, done
        try:
            yield read(server.kubeconfig.read_text())
        finally:
            gone = await rack.apply({}, purge=wanted.keys())
            assert gone.ok, gone


async def test_it_goes_live_and_back_by_its_own_account_which_may_nothing_else(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    said: list[str] = []
    async with brought(control_plane, tmp_path) as access:
        for number in (7, 8):
            async with door(access, "hello") as opened:
                done = await release(opened, coming(number=number), said.append)
            assert _image(control_plane) == image(number)
        assert done.number == 3
        async with door(access, "hello") as opened:
            assert (await rollback(opened, None, 1000.0, said.append)).number == 2
            records = await Records(opened.server, "hello").all()
        assert _image(control_plane) == image(7)
        assert {it.number: it.status.value for it in records} == {1: "old", 2: "live", 3: "old"}
        await _waits_for_its_turn(control_plane, access)
        await _may_nothing_else(access)


def _image(control_plane: ControlPlane) -> str:
    spec = control_plane.hand.ask("GET", DEPLOYMENT)["spec"]["template"]["spec"]
    found: str = spec["containers"][0]["image"]
    return found


async def _waits_for_its_turn(control_plane: ControlPlane, access: Access) -> None:
    """How old another's turn is, the server's clock says, with the account's own rights."""
    turn, metadata = f"{SPACE}/configmaps/release-turn", {"name": "release-turn"}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"by": "ada"}}
    control_plane.hand.apply(turn, body)
    async with door(access, "hello") as opened:
        with pytest.raises(Locked, match="what serves of hello is being changed, by ada"):
            await release(opened, coming(number=9, now=0.0), lambda _: None)
    assert control_plane.hand.ask("GET", turn)["data"] == {"by": "ada"}
    control_plane.hand.ask("DELETE", turn)


async def _may_nothing_else(access: Access) -> None:
    asking = Server(access)
    own = Server(with_token(access, await token(asking, "hello")))
    await asking.close()
    assert await own.ask("GET", f"{SPACE}/secrets/{GRANTED}")
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}}
    tries = [
        ("GET", f"{SPACE}/secrets/application", None),
        ("GET", f"{SPACE}/secrets", None),
        ("GET", "/api/v1/namespaces", None),
        ("GET", "/apis/apps/v1/deployments", None),
        ("DELETE", f"{SPACE}/resourcequotas/quota", None),
        ("DELETE", "/apis/networking.k8s.io/v1/namespaces/hello/networkpolicies/closed", None),
        ("POST", f"{SPACE}/serviceaccounts", account),
        ("POST", "/api/v1/namespaces/default/configmaps", other),
    ]
    for method, path, body in tries:
        with pytest.raises(Refused, match="forbidden"):
            await own.ask(method, path, body=body)
    await own.close()
