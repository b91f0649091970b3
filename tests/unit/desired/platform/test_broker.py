"""The broker: which pod, with which token, and that nothing is left of it without its image."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.desired.platform.build import platform
from rackhouse.desired.platform.wanted import has_broker, images, no_broker
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id
from unit.desired.platform.cases import SUM, manifests, of, with_models

IMAGE = f"git.home.arpa/home/rackhouse@sha256:{SUM}"
RACK = """
domain: home.arpa
nodes: {{pi: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}}}
clusters: {{home: {{nodes: [pi]}}, far: {{}}}}
platform: {{{said}}}
"""


def rack(said: str = f'image: "{IMAGE}"') -> Rack:
    return load(RACK.format(said=said))


def pod(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (it,) = [it for it in found if it["kind"] == "Deployment" and it["metadata"]["name"] == name]
    spec: dict[str, Any] = it["spec"]["template"]["spec"]
    return spec


def test_its_token_is_its_own_for_an_hour_and_no_other_pod_has_one() -> None:
    found = of(with_models("k3s"))
    sources = {
        (it["metadata"]["name"], volume["name"]): volume["projected"]["sources"]
        for it in found
        if it["kind"] in {"Deployment", "StatefulSet", "DaemonSet"}
        for volume in it["spec"]["template"]["spec"].get("volumes") or ()
        if "projected" in volume
    }
    (token, authority) = sources.pop(("broker", "account"))
    assert not sources
    assert token == {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}
    assert authority["configMap"]["name"] == "kube-root-ca.crt"


def test_jobs_are_told_where_it_is_and_whom_to_trust_and_pods_find_it_by_that_name() -> None:
    found = manifests(platform(rack(), "home"))
    (jobs,) = [it for it in pod(found, "runner")["containers"] if it["name"] == "jobs"]
    said = {it["name"]: it.get("value") for it in jobs["env"]}
    assert jobs["image"] == IMAGE
    assert said["RACKHOUSE_BROKER"] == "https://broker.git.home.arpa:8401"
    assert said["RACKHOUSE_AUTHORITY"] == "/trust/authority.pem"
    (names,) = [it for it in found if it["metadata"]["name"] == "coredns-custom"]
    there = "broker.git.home.arpa broker.rackhouse.svc.cluster.local\n"
    assert there in names["data"]["rackhouse.override"]


def test_its_certificate_is_for_that_name() -> None:
    spec = platform(rack(), "home")[Id("vault", "certificate", "home.broker")].spec
    assert spec.names == ("broker.git.home.arpa",)


def test_it_says_its_content_so_that_nobody_has_to_resolve_it() -> None:
    assert IMAGE not in {it.reference for it in images(rack())}
    assert pod(manifests(platform(rack(), "home")), "broker")["containers"][0]["image"] == IMAGE


@pytest.mark.parametrize(
    ("said", "cluster", "there", "lacking"),
    [
        (f'image: "{IMAGE}"', "home", True, False),
        (f'image: "{IMAGE}"', "far", False, False),
        (f'image: "{IMAGE}", forge: none', "home", False, False),
        ("", "home", False, True),
    ],
)
def test_it_is_where_gitea_is_and_only_with_its_image(
    said: str, cluster: str, there: bool, lacking: bool
) -> None:
    assert has_broker(rack(said), cluster) is there
    assert bool(no_broker(rack(said), cluster)) is lacking
    names = {it["metadata"]["name"] for it in manifests(platform(rack(said), cluster))}
    assert ("broker" in names) is there


def test_whoever_can_push_a_tag_does_not_choose_what_the_broker_is() -> None:
    with pytest.raises(FileError, match="a container image by its content"):
        rack('image: "git.home.arpa/home/rackhouse:1"')
