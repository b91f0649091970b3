"""The switch as resources: a socket each, the trunk after all others, nothing before it joined."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.switch import switches
from rackhouse.rack.model import Rack
from rackhouse.rack.words import SwitchSystem
from rackhouse.resources.core import Id
from rackhouse.resources.host import Networkd
from rackhouse.resources.switch import Port
from unit.desired.network.golden import rack
from unit.desired.network.racks import wired

ADDRESS = {"host": "10.20.10.2"}
HOME = rack("home")


def test_every_socket_of_the_reference_rack() -> None:
    wanted = switches(HOME, {"sw1": ADDRESS})
    ports = {id.name: resource.spec for id, resource in wanted.resources.items()}
    assert len(ports) == 16
    assert ports["3"] == Port(untagged=20, plugged="pi-3")
    assert ports["5"] == Port(untagged=999)
    assert ports["16"] == Port(untagged=0, tagged=(10, 20, 30, 40, 50), plugged="gate")
    trunk = wanted.resources[Id("switch.sw1", "port", "16")]
    assert trunk.follows == wanted.resources.keys() - {trunk.id}
    assert {(place.name, place.kind) for place in wanted.places.values()} == {
        ("switch.sw1", "switch")
    }


def test_before_it_joins_nothing_is_wanted_of_it() -> None:
    assert not switches(HOME, {}).resources


def test_one_that_the_file_names_no_more_is_wanted_empty() -> None:
    wanted = switches(HOME, {"old": ADDRESS})
    assert not wanted.resources
    assert list(wanted.places) == ["switch.old"]


def test_a_linux_machine_is_a_host() -> None:
    own = HOME.network.switch
    assert own is not None
    network = replace(HOME.network, switch=replace(own, system=SwitchSystem.LINUX))
    ((id, resource),) = switches(replace(HOME, network=network), {}, ["sw1"]).resources.items()
    assert str(id) == "host.sw1/networkd/switch"
    assert isinstance(resource.spec, Networkd)
    files = dict(resource.spec.files)
    assert "EgressUntagged=20" in files["20-rackhouse-lan3.network"]
    assert "Address=10.20.10.2/24" in files["20-rackhouse-switch0.network"]


@given(wired())
def test_it_says_what_the_fabric_says(rack: Rack) -> None:
    switch = rack.network.switch
    assert switch is not None
    wanted = switches(rack, {switch.name: ADDRESS}).resources
    for port in fabric(rack).ports:
        spec = wanted[Id(f"switch.{switch.name}", "port", str(port.number))].spec
        assert spec.tagged == port.tagged
        assert spec.untagged == (0 if port.tagged else port.untagged)
