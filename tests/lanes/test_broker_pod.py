"""Lane 3: the broker's pod really runs, as nobody, reads what it mounts, and has a token by which a
job is lent what it releases with. In the place of its program is a script that says what it sees.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from integration.docker.images import Tiny
from lanes.cluster import Cluster
from lanes.processes import PATIENCE
from lanes.test_broker import ASKED, RACK
from rackhouse.delivery.broker.lending import lend
from rackhouse.delivery.onrack.identity import with_token
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import account, lending
from rackhouse.desired.platform.build import platform
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from unit.desired.platform.cases import manifests

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
IMAGE = "git.lane.arpa/lab/rackhouse:1"
SCRIPT = """\
#!/bin/sh
set -e
echo "$@"
cat /keys/tls.crt /keys/tls.key /keys/authority.pem
cat /account/ca.crt > /tmp/written
touch /account/mine 2> /dev/null && echo "it writes"
cat /account/token
echo
echo end
while :; do sleep 0.2; done
"""
KEYS = {"tls.crt": "one ", "tls.key": "two ", "authority.pem": "three\n"}
POD = f"/api/v1/namespaces/{BROKER.namespace}/pods"


@contextmanager
def running(cluster: Cluster) -> Iterator[None]:
    """The broker's pod, and hello whose account it lends; afterwards both namespaces leave."""
    cluster.import_image(Tiny("broker", scripts=(("bin/rackhouse", SCRIPT),)), IMAGE)
    hand, made = cluster.control.hand, [*_broker(), *_hello()]
    try:
        for each in made:
            hand.apply(hand.path(each), each)
        yield
    finally:
        for name in (BROKER.namespace, "hello"):
            hand.send("DELETE", f"/api/v1/namespaces/{name}")
        gone = time.monotonic() + PATIENCE
        while any(
            hand.send("GET", f"/api/v1/namespaces/{name}").is_success
            for name in (BROKER.namespace, "hello")
        ):
            assert time.monotonic() < gone, "what the test left does not leave"
            time.sleep(0.2)


def _broker() -> Iterator[dict[str, Any]]:
    """As its apply makes it, but for the image, and for what asks the program whether it is up."""
    found = {it["kind"]: it for it in manifests(platform(RACK)) if _is_its(it)}
    space = {"namespace": BROKER.namespace, "name": BROKER.service}
    yield found["Namespace"]
    yield {"apiVersion": "v1", "kind": "Secret", "metadata": space, "stringData": KEYS}
    yield found["ServiceAccount"]
    pod = found["Deployment"]["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = IMAGE
    del pod["containers"][0]["readinessProbe"], pod["priorityClassName"]
    yield found["Deployment"]


def _is_its(it: dict[str, Any]) -> bool:
    about = it["metadata"]
    return (about.get("namespace") or about["name"]) == BROKER.namespace


def _hello() -> list[dict[str, Any]]:
    home = Home(rack=RACK.name, cluster="home", namespace="hello", owner="hello")
    found = [*account(home, ASKED.repository), *lending(home)]
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}
    return [space, *manifests({it.id: it for it in found})]


def _log(cluster: Cluster) -> list[str]:
    """Of the one pod, once it has come to its end."""
    hand, end = cluster.control.hand, time.monotonic() + PATIENCE
    while True:
        (pod, *more) = hand.ask("GET", POD)["items"] or [{}]
        assert not more
        name = (pod.get("metadata") or {}).get("name", "none")
        said = hand.send("GET", f"{POD}/{name}/log")
        if said.is_success and said.text.endswith("\nend\n"):
            return said.text.splitlines()
        assert time.monotonic() < end, (pod.get("status"), said.text)
        time.sleep(0.2)


async def test_its_pod_reads_its_keys_and_has_a_token_that_lends(cluster: Cluster) -> None:
    with running(cluster):
        words, keys, token, _ = _log(cluster)
        assert words.split()[:3] == ["broker", "--gitea", "https://git.rack.localhost"]
        assert keys == "one two three"
        access = read(cluster.control.kubeconfig.read_text())
        server = Server(with_token(access, Hidden(token)))
        try:
            assert (await lend(server, ASKED)).token.reveal()
        finally:
            await server.close()
