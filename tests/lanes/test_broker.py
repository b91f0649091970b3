"""Lane 2: on a real API server with RBAC the broker may lend what an application is released with,
and nothing besides. What it may in previews is told in `test_previews`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.rack import Rack
from rackhouse.delivery.broker.asking import Asked
from rackhouse.delivery.broker.lending import lend
from rackhouse.delivery.onrack.door import door
from rackhouse.delivery.onrack.identity import with_token
from rackhouse.delivery.onrack.records import Records
from rackhouse.delivery.onrack.release import release
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.needed import needed
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import GRANTED, RELEASER, releasing
from rackhouse.desired.platform.build import platform
from rackhouse.kit.errors import Missing, Refused
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access, read
from rackhouse.targets.kube.server import Server
from unit.delivery.onrack.place import HELLO, coming, released
from unit.desired.platform.cases import SUM

pytestmark = pytest.mark.xdist_group("kubernetes")
RACK = load(f"""
rack: lab
nodes: {{pi: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}}}
clusters: {{home: {{nodes: [pi]}}}}
platform: {{image: "git.home.arpa/lab/rackhouse@sha256:{SUM}"}}
applications: {{hello: {{repository: hello, cluster: home}}}}
""")
CORE, OURS = "/api/v1/namespaces/hello", f"/api/v1/namespaces/{BROKER.namespace}"
ASKED = Asked(repository="lab/hello", application="hello", more={})
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
_OF_ALL = {"authorization.k8s.io", "authentication.k8s.io"}


@asynccontextmanager
async def brought(server: ControlPlane, folder: Path) -> AsyncIterator[Access]:
    """The rack has brought hello there, and the broker's account; afterwards they leave."""
    rack, apps, given = (
        Rack(RACK.name, server.kubeconfig, folder),
        [released(HELLO, 1)],
        {"hello.key"},
    )
    wanted = needed(kube(RACK, apps, given))
    wanted |= {it.id: it for it in releasing(RACK, apps, dict(wanted), given)}
    mine = {"Namespace": BROKER.namespace, "ServiceAccount": f"{BROKER.namespace}.{BROKER.service}"}
    wanted |= {id: it for id, it in platform(RACK).items() if mine.get(id.kind) == id.name}
    with Controllers(server.hand):
        done = await rack.apply(wanted)
        assert done.ok, done
        try:
            yield _as_broker(server)
        finally:
            gone = await rack.apply({}, purge=wanted.keys())
            assert gone.ok, gone


def _as_broker(server: ControlPlane) -> Access:
    path = f"{OURS}/serviceaccounts/{BROKER.service}/token"
    given = server.hand.ask("POST", path, {"spec": {"expirationSeconds": 600}})
    access = read(server.kubeconfig.read_text())
    return with_token(access, Hidden(given["status"]["token"]))


async def test_it_lends_what_a_job_releases_with_and_may_nothing_besides(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    async with brought(control_plane, tmp_path) as access:
        server = Server(access)
        try:
            found = await lend(server, ASKED)
            for other in ("default", "kube-system", BROKER.namespace):
                with pytest.raises(Missing, match="has not brought"):
                    await lend(server, replace(ASKED, application=other))
            with pytest.raises(Refused, match="is not of the repository"):
                await lend(server, replace(ASKED, repository="lab/other"))
            await _may_nothing_besides(server)
        finally:
            await server.close()
        said: list[str] = []
        async with door(found.access, "hello") as opened:
            assert (await release(opened, coming(number=7), said.append)).number == 2
            assert len(await Records(opened.server, "hello").all()) == 2


async def _may_nothing_besides(server: Server) -> None:
    """By the server's own list of what the account may, there and elsewhere; and by asking."""
    assert await _rules(server, "hello") == [
        ("secrets", "get", GRANTED),
        ("serviceaccounts", "get", RELEASER),
        ("serviceaccounts/token", "create", RELEASER),
    ]
    for other in ("default", "kube-system", BROKER.namespace):
        assert not await _rules(server, other)
    for method, path in (
        ("POST", f"{CORE}/serviceaccounts/default/token"),
        ("POST", f"{OURS}/serviceaccounts/{BROKER.service}/token"),
        ("GET", f"{CORE}/secrets/application"),
        ("GET", "/api/v1/namespaces"),
    ):
        with pytest.raises(Refused, match="forbidden"):
            await server.ask(method, path, body={} if method == "POST" else None)


async def _rules(server: Server, namespace: str) -> list[tuple[str, ...]]:
    """What of which name, but for what every account may: ask who it is, and what it may."""
    review = {"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1"}
    answer = await server.ask("POST", REVIEW, body={**review, "spec": {"namespace": namespace}})
    found = [it for it in answer["status"]["resourceRules"] if not set(it["apiGroups"]) & _OF_ALL]
    return sorted(
        (*it["resources"], *it["verbs"], *it.get("resourceNames", ("any",))) for it in found
    )
