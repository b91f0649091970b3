"""The router as resources of its host: what it serves, in an order that opens nothing too soon."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.desired.network.router import router
from rackhouse.rack.model import Rack, Router
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.host import File, Networkd, Packages, Ruleset, Sysctl
from unit.desired.network.golden import rack

HOME = rack("home")
GATE = "host.gate"


def of(rack: Rack) -> dict[str, Resource[object]]:
    return {f"{each.id.kind}/{each.id.name}": each for each in router(rack, ["gate"])}


def serving(*words: str) -> Rack:
    own = Router(name="gw", node="gate", serves=tuple(words))  # type: ignore[arg-type]
    return replace(HOME, network=replace(HOME.network, router=own, reach=()))


def test_all_that_the_reference_rack_wants() -> None:
    wanted = of(HOME)
    assert wanted.keys() == {
        "packages/router",
        "networkd/router",
        "ruleset/reach",
        "ruleset/internet",
        "sysctl/router",
        "file/dnsmasq",
        "file/dnsmasq-service",
        "unit/dnsmasq",
    }
    assert wanted["packages/router"].spec == Packages(("dnsmasq-base", "nftables"))
    conf = wanted["file/dnsmasq"].spec
    assert isinstance(conf, File)
    assert conf.check == ("dnsmasq", "--test", "--conf-file={}")


def test_nothing_is_forwarded_before_the_rules_are_there() -> None:
    forward = of(HOME)["sysctl/router"]
    assert isinstance(forward.spec, Sysctl)
    assert ("net.ipv4.ip_forward", "1") in forward.spec.values
    assert forward.needs >= {Id(GATE, "ruleset", "reach"), Id(GATE, "networkd", "router")}
    assert of(HOME)["ruleset/reach"].needs >= {Id(GATE, "networkd", "router")}


def test_each_table_is_one_ruleset() -> None:
    for name, resource in of(HOME).items():
        if isinstance(resource.spec, Ruleset):
            table = f"rackhouse_{name.partition('/')[2]}"
            assert resource.spec.table == table
            assert str(resource.spec.content).startswith(f"table inet {table} {{")
            assert str(resource.spec.content).count("table ") == 1


def test_what_it_does_not_serve_is_not_there() -> None:
    assert of(serving()).keys() == {
        "packages/router",
        "networkd/router",
        "ruleset/internet",
        "sysctl/router",
    }
    assert "ruleset/reach" in of(serving("firewall"))
    assert "unit/dnsmasq" in of(serving("dns"))


def test_cards_are_called_as_the_rack_file_says() -> None:
    own = HOME.network.router
    assert own is not None
    network = replace(HOME.network, router=replace(own, wan="enp1s0", trunk="enp2s0"))
    wanted = of(replace(HOME, network=network))
    networkd, internet = wanted["networkd/router"].spec, wanted["ruleset/internet"].spec
    assert isinstance(networkd, Networkd)
    assert isinstance(internet, Ruleset)
    assert {"20-rackhouse-enp1s0.network", "20-rackhouse-enp2s0.network"} <= dict(
        networkd.files
    ).keys()
    assert 'oifname "enp1s0"' in str(internet.content)


def test_before_it_joins_nothing_is_wanted_of_it() -> None:
    assert not list(router(HOME, ["pi-1"]))
