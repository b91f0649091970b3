"""What the machines of a rack shall be."""

from __future__ import annotations

from pathlib import Path

from rackhouse.desired.hosts import hosts
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.host import File, Hostname, Unit

HOME = (Path(__file__).parents[3] / "examples" / "racks" / "home.yaml").read_text()
PI_1 = {"host": "10.20.20.11", "user": "pi", "host_key": "ssh-ed25519 AAAA"}


def test_a_node_that_has_not_joined_is_wanted_nothing_of() -> None:
    wanted = hosts(load(HOME, "home.yaml"), {})
    assert not wanted.resources
    assert not wanted.places


def test_a_node_that_joined_has_a_place_and_a_system() -> None:
    wanted = hosts(load(HOME, "home.yaml"), {"pi-1": PI_1})
    assert {id.target for id in wanted.resources} == {"host.pi-1", "registry"}
    assert set(wanted.places) == {"host.pi-1", "k3s.home", "keys", "registry"}
    place = wanted.places["host.pi-1"]
    assert {key: str(text) for key, text in place.address.items()} == PI_1
    assert wanted.resources[Id("host.pi-1", "hostname", "self")].spec == Hostname("pi-1")


def test_a_card_is_spared_the_log() -> None:
    wanted = hosts(load(HOME, "home.yaml"), {"pi-1": PI_1, "pi-4": PI_1})
    contents = {}
    for node in ("pi-1", "pi-4"):
        spec = wanted.resources[Id(f"host.{node}", "file", "journald")].spec
        assert isinstance(spec, File)
        contents[node] = str(spec.content)
    assert "Storage=volatile" not in contents["pi-1"]  # nvme
    assert "Storage=volatile" in contents["pi-4"]  # sd


def test_a_service_starts_anew_when_its_file_changes() -> None:
    wanted = hosts(load(HOME, "home.yaml"), {"pi-1": PI_1})
    unit = wanted.resources[Id("host.pi-1", "unit", "journald")]
    assert isinstance(unit.spec, Unit)
    assert Id("host.pi-1", "file", "journald") in unit.before


def test_what_is_on_a_machine_that_left_the_file_shall_leave() -> None:
    wanted = hosts(load("rack: home\n", "rack.yaml"), {"pi-1": PI_1})
    assert not wanted.resources
    assert set(wanted.places) == {"host.pi-1", "keys"}


def test_what_was_measured_tells_flannel_its_interface() -> None:
    k3s = f"{{version: v1.34.1+k3s1, sums: {{arm64: {{program: {'0' * 64}}}}}}}"
    nodes = "nodes: [pi-1, pi-2, pi-3, pi-4]"
    text = HOME.replace(f"  home: {{{nodes}}}", f"  home:\n    {nodes}\n    k3s: {k3s}")
    facts = {"pi-1": {"addresses": {"lo": ["127.0.0.1"], "end0": ["10.20.20.11"]}}}
    wanted = hosts(load(text, "home.yaml"), {"pi-1": PI_1}, facts)
    spec = wanted.resources[Id("host.pi-1", "file", "k3s-config")].spec
    assert isinstance(spec, File)
    assert 'flannel-iface: "end0"' in str(spec.content)
