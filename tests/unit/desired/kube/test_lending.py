"""What lets the broker lend an application's account: in its namespace, and only where it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rackhouse.desired.kube import kube
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import RELEASER, REPOSITORY, releasing
from rackhouse.rack.load import load
from rackhouse.resources.kube import Object
from unit.delivery.onrack.place import HELLO, released
from unit.desired.kube.rbac import allows
from unit.desired.platform.cases import SUM

RACK = """
rack: home
nodes: {{pi: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}}}
clusters: {{home: {{nodes: [pi]}}, far: {{}}}}
platform: {{{image}}}
applications: {{hello: {{{said}}}}}
"""
_ACCOUNTS = (RELEASER, "default", "")
IMAGE = f'image: "git.home.arpa/home/rackhouse@sha256:{SUM}"'


def made(
    said: str, image: str = IMAGE, cluster: str = "home"
) -> dict[tuple[str, str], dict[str, Any]]:
    """What lets somebody release hello, by kind and name."""
    rack = load(RACK.format(said=f"{said}, cluster: {cluster}", image=image))
    apps = [released(HELLO, 1)]
    found = releasing(rack, apps, kube(rack, apps, {"hello.key"}, cluster), {"hello.key"})
    bodies = [json.loads(str(it.spec.body)) for it in found if isinstance(it.spec, Object)]
    assert {it["metadata"]["namespace"] for it in bodies} == {"hello"}
    return {(it["kind"], it["metadata"]["name"]): it for it in bodies}


def test_the_broker_may_ask_for_tokens_of_that_account_and_of_no_other() -> None:
    found = made("repository: hello")
    binding = found["RoleBinding", BROKER.service]
    subject = {"kind": "ServiceAccount", "name": "broker", "namespace": "rackhouse"}
    assert binding["subjects"] == [subject]
    rules = found["Role", binding["roleRef"]["name"]]["rules"]
    may = {it: allows(rules, "create", "", "serviceaccounts/token", it) for it in _ACCOUNTS}
    assert may == {RELEASER: True, "default": False, "": False}
    assert not any(allows(rules, "create", "", it) for it in ("serviceaccounts", "secrets"))


def test_the_account_says_of_which_repository_it_is() -> None:
    account = "ServiceAccount", RELEASER
    assert made("repository: shop")[account]["metadata"]["annotations"] == {REPOSITORY: "home/shop"}
    assert "annotations" not in made("folder: ./x")[account]["metadata"]


@pytest.mark.parametrize(
    ("said", "image", "cluster"),
    [
        ("repository: hello", "", "home"),
        ("repository: hello", IMAGE, "far"),
        ("folder: ./hello", IMAGE, "home"),
    ],
)
def test_without_a_broker_there_or_a_repository_nothing_is_lent(
    said: str, image: str, cluster: str
) -> None:
    kinds = {"ServiceAccount", "Role", "RoleBinding"}
    assert made(said, image, cluster).keys() == {(kind, RELEASER) for kind in kinds}
