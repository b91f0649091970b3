"""Lane 2: previews on a real API server, opened as the broker, which may nothing else there.

Lane 3: their pods run, and leave.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integration.docker.images import Tiny
from lanes import crds
from lanes.cluster import Cluster
from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.processes import PATIENCE
from lanes.rack import Rack
from lanes.test_pods import page
from rackhouse.delivery.onrack.door import door
from rackhouse.delivery.onrack.identity import with_token
from rackhouse.delivery.onrack.previews import (
    all_previews,
    close,
    open_preview,
    release_preview,
    sweep,
)
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.needed import needed
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.previews import ROLE
from rackhouse.desired.kube.releasing import releasing
from rackhouse.desired.platform.pins import UNPINNED
from rackhouse.desired.platform.previews import OPENS, previews
from rackhouse.desired.platform.space import Space
from rackhouse.kit.errors import Refused
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.previews import OF
from rackhouse.targets.kube.kubeconfig import Access, read
from rackhouse.targets.kube.server import Server
from unit.delivery.onrack.place import coming, image, released

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
SERVES = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web:
    image: lane.arpa/shown:1
    command: [/bin/sh, -c, "httpd -p 8080 -h /www; trap 'exit 0' TERM; while :; do sleep 0.2; done"]
    readinessProbe: {httpGet: {path: /, port: 8080}}
    resources: {limits: {memory: 64Mi}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""
RACK = load(
    "rack: lab\n"
    "nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}\n"
    "clusters: {home: {nodes: [pi]}}\n"
    "data: {cache: none, objects: none}\n"
    f"platform: {{image: 'git.lab.arpa/lab/rackhouse@sha256:{1:064x}'}}\n"
    "applications: {hello: {repository: hello, cluster: home}}\n"
)
FILE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web:
    image: .
    command: [python, main.py]
    variables: {KEY: "${resources.key.value}", DATABASE: "${resources.db.url}"}
resources: {key: {type: secret}, db: {type: postgres}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRY = "/api/v1/namespaces/try--hello"
_NAMESPACES, _RBAC = "/api/v1/namespaces", "rbac.authorization.k8s.io/v1"
_MERGE = "application/merge-patch+json"


def silent(_: str) -> None:
    """Nobody listens."""


def of_platform() -> dict[Id, Resource[Any]]:
    """What the broker stands on, without its pod."""
    space = Space(rack=RACK, cluster="home", pins=UNPINNED, namespace=BROKER.namespace)
    found = [*space.opened(), space.account(BROKER.service), *previews(space)]
    system = {"cnpg-system", "kube-system"}
    made = [it for it in found if it.id.name.partition(".")[0] not in system]
    return {it.id: it for it in made if it.id.target != "vault"}


@asynccontextmanager
async def brought(control: ControlPlane, folder: Path, text: str) -> AsyncIterator[Access]:
    """The rack has brought hello r1 there, and what lets the broker open previews: as which one
    then comes.
    """
    rack = Rack(RACK.name, control.kubeconfig, folder)
    apps, given = [released(text, 1)], {"hello.key"}
    wanted = dict(needed(kube(RACK, apps, given)))
    wanted |= {it.id: it for it in releasing(RACK, apps, wanted, given)} | of_platform()
    done = await rack.apply(wanted)
    assert done.ok, done
    try:
        yield await as_broker(read(control.kubeconfig.read_text()))
    finally:
        gone = await rack.apply({}, purge=wanted.keys())
        assert gone.ok, gone


async def as_broker(access: Access) -> Access:
    server = Server(access)
    path = f"{_NAMESPACES}/{BROKER.namespace}/serviceaccounts/{BROKER.service}/token"
    found = await server.ask("POST", path, body={"spec": {"expirationSeconds": 600}})
    await server.close()
    return with_token(access, Hidden(found["status"]["token"]))


async def test_a_branch_is_shown_and_leaves_when_its_time_is_over(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    crds.install(control_plane.hand)
    new, hand = replace(coming(FILE, number=7), now=NOW.timestamp()), control_plane.hand
    with Controllers(hand):
        async with brought(control_plane, tmp_path, FILE) as access:
            broker = Server(access)
            for _ in range(2):  # every push opens it
                seen = await open_preview(broker, new, "try", silent)
            assert await all_previews(broker) == [seen]
            async with door(access, seen.name) as opened:
                assert (await release_preview(opened, new, silent)).number == 1
            spec = hand.ask("GET", "/apis/apps/v1/namespaces/try--hello/deployments/web")["spec"]
            assert spec["template"]["spec"]["containers"][0]["image"] == image(7)
            await may_nothing_else(broker)
            assert not await sweep(broker, NOW + timedelta(days=7), silent)
            hand.send("PATCH", TRY, UNTIL_OVER, kind="merge-patch+json")
            hand.ask("DELETE", f"/apis/{_RBAC}/namespaces/try--hello/rolebindings/{ROLE}")
            assert await sweep(broker, NOW, silent) == ["try--hello"]  # as where it was cut off
            assert not await all_previews(broker)
            assert not await close(broker, "hello", "try--hello", silent)
            await broker.close()


async def test_its_pods_run_beside_the_live_ones_and_leave_when_its_time_is_over(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.import_image(Tiny("shown"), "lane.arpa/shown:1")
    hand = cluster.control.hand
    async with brought(cluster.control, tmp_path, SERVES) as access:
        assert page(cluster, "hello") == "shown"
        broker, new = Server(access), replace(coming(SERVES), now=NOW.timestamp())
        seen = await open_preview(broker, new, "try", silent)
        async with door(access, seen.name) as opened:
            await release_preview(opened, new, silent)
        assert page(cluster, "try--hello") == "shown"
        hand.send("PATCH", TRY, UNTIL_OVER, kind="merge-patch+json")
        assert await sweep(broker, NOW, silent) == ["try--hello"]
        await broker.close()
        end = time.monotonic() + PATIENCE
        while hand.send("GET", TRY).is_success:
            assert time.monotonic() < end
            time.sleep(0.2)
        assert page(cluster, "hello") == "shown"


UNTIL_OVER = {"metadata": {"annotations": {"rackhouse.dev/until": "2025-12-31T23:59:59Z"}}}
CLOSED = {"pod-security.kubernetes.io/enforce": "restricted"}


async def may_nothing_else(broker: Server) -> None:
    """Reads are kept in by roles, writes by the admission policy too."""
    for path in (
        f"{_NAMESPACES}/hello/secrets/application",
        f"{_NAMESPACES}/hello/secrets",
        f"{_NAMESPACES}/kube-system/configmaps",
        "/api/v1/secrets",
    ):
        with pytest.raises(Refused, match="forbidden"):
            await broker.ask("GET", path)
    walled = [(it, "the broker writes previews") for it in (*_namespaces(), *_bindings())]
    for (method, path, body), why in [*walled, *((it, "cannot|attempting") for it in _more())]:
        kind = _MERGE if method == "PATCH" else "application/json"
        answer = await broker.send(method, path, body=body, kind=kind)
        assert answer.code in {403, 422}, (method, path, answer.body)
        assert re.search(why, answer.body["message"]), answer.body


def _namespaces() -> list[tuple[str, str, Any]]:
    """Others become no previews, and a preview stays one, and closed."""

    def named(name: str, **labels: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "labels": labels}}

    return [
        ("POST", _NAMESPACES, named("plain")),
        ("POST", _NAMESPACES, named("wide", **{OF: "hello"})),
        ("PATCH", f"{_NAMESPACES}/hello", named("hello", **{OF: "hello"}, **CLOSED)),
        ("PATCH", f"{_NAMESPACES}/kube-system", named("kube-system", **{OF: "x"}, **CLOSED)),
        ("DELETE", f"{_NAMESPACES}/hello", None),
        ("DELETE", f"{_NAMESPACES}/{BROKER.namespace}", None),
        ("PATCH", TRY, {"metadata": {"labels": {OF: None}}}),
        ("PATCH", TRY, {"metadata": {"labels": dict.fromkeys(CLOSED)}}),
        ("PATCH", TRY, {"metadata": {"labels": dict.fromkeys(CLOSED, "privileged")}}),
    ]


def _bindings() -> list[tuple[str, str, Any]]:
    """What its roles let it write in any namespace."""
    bindings = f"/apis/{_RBAC}/namespaces/{{}}/rolebindings"
    names = ("hello", "kube-system", BROKER.namespace)
    return [("POST", bindings.format(it), _bound("rackhouse-preview")) for it in names]


def _more() -> list[tuple[str, str, Any]]:
    """What they do not."""
    everywhere = {**_bound("rackhouse-preview"), "kind": "ClusterRoleBinding"}
    policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
    return [
        ("POST", f"/apis/{_RBAC}/namespaces/try--hello/rolebindings", _bound("cluster-admin")),
        ("POST", f"/apis/{_RBAC}/clusterrolebindings", everywhere),
        ("POST", f"{_NAMESPACES}/default/configmaps", {"metadata": {"name": "x"}}),
        ("DELETE", f"/apis/{_RBAC}/clusterrolebindings/{OPENS}", None),
        ("DELETE", f"{policies}/{OPENS}", None),
    ]


def _bound(role: str) -> dict[str, Any]:
    who = {"kind": "ServiceAccount", "name": BROKER.service, "namespace": BROKER.namespace}
    return {
        "apiVersion": _RBAC,
        "kind": "RoleBinding",
        "metadata": {"name": "mine"},
        "roleRef": {"apiGroup": _RBAC.partition("/")[0], "kind": "ClusterRole", "name": role},
        "subjects": [who],
    }
