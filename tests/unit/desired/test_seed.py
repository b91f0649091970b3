"""What a fresh image is told at its first start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.desired.seed import seed
from rackhouse.kit.errors import Missing
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.rack.rules.finding import node_named

KEY = "ssh-ed25519 AAAA rackhouse@home"
HOME = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"


def files(rack: Rack, name: str) -> dict[str, Any]:
    node = node_named(rack, name)
    assert node
    texts = seed(rack, node, KEY)
    assert texts["user-data"].startswith("#cloud-config\n")
    return {name: yaml.safe_load(text) for name, text in texts.items()}


def test_the_machine_has_its_name_its_account_and_its_address() -> None:
    made = files(load(HOME.read_text(), "home.yaml"), "pi-1")
    assert made["meta-data"] == {"instance-id": "home-pi-1", "local-hostname": "pi-1"}
    (user,) = made["user-data"]["users"]
    assert user["ssh_authorized_keys"] == [KEY]
    assert user["lock_passwd"]
    assert made["user-data"]["ssh_pwauth"] is False
    wired = made["network-config"]["ethernets"]["wired"]
    assert wired["addresses"] == ["10.20.20.11/24"]
    assert wired["routes"] == [{"to": "default", "via": "10.20.20.1"}]


def test_outside_every_vlan_the_network_hands_the_address_out() -> None:
    rack = load("nodes: {pi-1: {role: dev, address: 192.168.1.7, arch: arm64}}\n", "rack.yaml")
    wired = files(rack, "pi-1")["network-config"]["ethernets"]["wired"]
    assert wired == {"match": {"name": "e*"}, "dhcp4": True}


def test_a_name_that_yaml_would_read_as_no_stays_a_name() -> None:
    rack = load('nodes: {"no": {role: dev, address: 192.168.1.7, arch: arm64}}', "rack.yaml")
    assert files(rack, "no")["user-data"]["hostname"] == "no"
    node = node_named(rack, "no")
    assert node
    assert json.loads(seed(rack, node, KEY)["meta-data"])["local-hostname"] == "no"


def test_without_an_address_it_could_not_be_reached() -> None:
    rack = load("nodes: {pi-1: {role: dev, arch: arm64}}\n", "rack.yaml")
    node = node_named(rack, "pi-1")
    assert node
    with pytest.raises(Missing, match="has no address"):
        seed(rack, node, KEY)
