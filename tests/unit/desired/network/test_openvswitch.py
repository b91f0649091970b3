"""Commands for Open vSwitch: one for each port that has an interface."""

from __future__ import annotations

from pathlib import Path

from rackhouse.desired.network import openvswitch
from rackhouse.desired.network.fabric import fabric
from rackhouse.rack.load import load

HOME = load((Path(__file__).parents[4] / "examples" / "racks" / "home.yaml").read_text())

EXPECTED = """\
--may-exist add-br br0 -- set bridge br0 datapath_type=netdev
--may-exist add-port br0 p-pi1 -- set port p-pi1 vlan_mode=access tag=20 trunks=[]
--may-exist add-port br0 p-gate -- set port p-gate vlan_mode=trunk trunks=10,20,30,40,50 tag=[]
--may-exist add-port br0 rt20 -- set port rt20 vlan_mode=access tag=20 trunks=[] \
-- set interface rt20 type=internal
""".splitlines()


def test_ports_and_gateways() -> None:
    found = openvswitch.render(
        fabric(HOME), "br0", {1: "p-pi1", 16: "p-gate"}, {20: "rt20"}, "netdev"
    )
    assert [" ".join(line) for line in found] == EXPECTED
