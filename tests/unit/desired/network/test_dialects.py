"""Every dialect of a switch says the same of each port, read back from its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import given

from rackhouse.desired.network import linux, openvswitch, routeros
from rackhouse.desired.network.fabric import Fabric, Use, fabric
from rackhouse.desired.network.names import USUAL
from rackhouse.desired.network.policy import policy
from rackhouse.rack.model import Rack, Vlan
from unit.desired.network.racks import wired


@dataclass(frozen=True)
class Read:
    """One port as a dialect has it: the VLAN of frames without a tag (None: dropped), and tags."""

    untagged: int | None
    tagged: frozenset[int]


def meant(made: Fabric) -> dict[int, Read]:
    return {
        port.number: Read(None if port.use is Use.TRUNK else port.untagged, frozenset(port.tagged))
        for port in made.ports
    }


@given(wired())
def test_linux(rack: Rack) -> None:
    made = fabric(rack)
    files = linux.switch(made, management(rack))
    read = {}
    for port in made.ports:
        text = files[f"etc/systemd/network/20-rackhouse-lan{port.number}.network"]
        pvid = re.findall(r"^PVID=(\d+)$", text, re.MULTILINE)
        untagged = re.findall(r"^EgressUntagged=(\d+)$", text, re.MULTILINE)
        assert pvid == untagged
        members = {int(id) for id in re.findall(r"^VLAN=(\d+)$", text, re.MULTILINE)}
        own = int(pvid[0]) if pvid else None
        read[port.number] = Read(own, frozenset(members - {own}))
    assert read == meant(made)


@given(wired())
def test_open_vswitch(rack: Rack) -> None:
    made = fabric(rack)
    names = {port.number: USUAL.socket(port.number) for port in made.ports}
    lines = [" ".join(line) for line in openvswitch.render(made, "br0", names)]
    read = {}
    for number, name in names.items():
        (line,) = (line for line in lines if f" set port {name} " in line)
        tag = re.search(r"vlan_mode=access tag=(\d+) trunks=\[\]$", line)
        trunk = re.search(r"vlan_mode=trunk trunks=([\d,]+) tag=\[\]$", line)
        tagged = frozenset(map(int, trunk[1].split(","))) if trunk else frozenset()
        read[number] = Read(int(tag[1]) if tag else None, tagged)
    assert read == meant(made)


@given(wired())
def test_routeros(rack: Rack) -> None:
    made = fabric(rack)
    text = routeros.render(made, management(rack))
    read = {}
    for port in made.ports:
        (line,) = re.findall(rf"^add .* interface=ether{port.number} .*$", text, re.MULTILINE)
        drops = "admit-only-vlan-tagged" in line
        own = re.search(r" pvid=(\d+) ", line)
        assert own is not None
        untagged, tagged = (_members(text, key, port.number) for key in ("untagged", "tagged"))
        assert untagged == (set() if drops else {int(own[1])})
        read[port.number] = Read(None if drops else int(own[1]), frozenset(tagged))
    assert read == meant(made)


def _members(text: str, key: str, number: int) -> set[int]:
    found = re.findall(rf"vlan-ids=(\d+).*? {key}=(\S+)", text)
    return {int(id) for id, ports in found if f"ether{number}" in ports.split(",")}


def management(rack: Rack) -> Vlan:
    found = policy(rack).management
    assert found is not None
    return found
