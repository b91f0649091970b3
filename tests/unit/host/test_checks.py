"""Machines and lines that are judged: each check with what trips it, and good ones with none."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.kit.errors import RackhouseError, Refused, Unavailable
from rackhouse.operations.hosts.checks import CHECKS, judged
from rackhouse.operations.hosts.checks.machine import flags
from rackhouse.operations.hosts.health import Answer, Examined, Health, Line
from rackhouse.rack.load import load
from rackhouse.rack.verdict import Finding, Severity

RACK = load(
    """
domain: home.arpa
network:
  router: {node: gate, serves: [dns, firewall]}
  switch: {ports: 8}
  vlans:
    cluster: {id: 20, subnet: 10.20.20.0/24}
    gpu: {id: 30, subnet: 10.20.30.0/24}
nodes:
  gate: {role: router, board: n100-8gb, address: 10.20.20.1, port: 8}
  pi-1: {role: dev, address: 10.20.20.11, port: 1}
  pi-2: {role: dev, address: 10.20.20.12, port: 2}
  box: {role: dev, address: 10.20.30.20, port: 4}
""",
    "rack.yaml",
)
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
GOOD = Health(
    temperature=52.0,
    throttled=0,
    worn={"nvme0n1": 3},
    reserves={"mmcblk0": 1},
    read_only=False,
    free=0.4,
    written={"mmcblk0": 2_000_000_000, "nvme0n1": 90_000_000_000},
    uptime=86400.0,
    synchronised=True,
    certificates={"/var/lib/rancher/k3s/server/tls/serving-kube-apiserver.crt": 300.0},
    mtus={"eth0": 1500, "flannel.1": 1450},
    duplicates={},
    names=(
        Answer(name="pi-1.home.arpa", server="10.20.20.1", addresses=("10.20.20.11",), ms=1.0),
        Answer(name="deb.debian.org", server="10.20.20.1", addresses=("151.101.2.132",), ms=9.0),
    ),
)
FACTS = HostFacts(clock_offset=0.02, disk="sd", addresses={"eth0": ("10.20.20.11",)})
LINE = Line(source="pi-1", target="pi-2", ms=0.2, ms99=0.5, out=940e6, back=930e6, mtu=1500)
SERVED = GOOD.names[0] if GOOD.names else Answer(name="")


def line(**differs: Any) -> dict[str, Any]:
    return {"lines": (dataclasses.replace(LINE, **differs),)}


def named(**differs: Any) -> dict[str, Any]:
    return {"health": {"names": (dataclasses.replace(SERVED, **differs),)}}


# what differs from a good machine, rule, how bad, a piece of what is said, and of the fix
FAULTS: list[tuple[dict[str, Any], str, Severity, str, str]] = [
    ({"health": {"throttled": 0x50005}}, "throttled", E, "too little voltage now", "supply"),
    ({"health": {"throttled": 0x50000}}, "throttled", W, "voltage since the start", "supply"),
    ({"health": {"throttled": 0x80008}}, "throttled", W, "heat limit now", "fan"),
    ({"health": {"temperature": 81.4}}, "hot", W, "81 °C", "fan"),
    ({"health": {"worn": {"mmcblk0": 90}}}, "worn-disk", W, "90 of 100", "backup"),
    ({"health": {"worn": {"mmcblk0": 110}}}, "worn-disk", E, "100 of 100", "backup"),
    ({"health": {"reserves": {"mmcblk0": 2}}}, "worn-disk", W, "a fifth", "replace"),
    ({"health": {"reserves": {"mmcblk0": 3}}}, "worn-disk", E, "a tenth", "replace"),
    (
        {"health": {"written": {"mmcblk0": 40_000_000_000}}},
        "much-written",
        W,
        "40 GB a day are written to mmcblk0, which is sd",
        "SSD",
    ),
    ({"health": {"read_only": True}}, "read-only", E, "takes no writes", "a new card"),
    ({"health": {"free": 0.1}}, "disk-full", W, "10 of 100 of the disk are free", "du -xh"),
    ({"health": {"free": 0.01}}, "disk-full", E, "1 of 100", "larger disk"),
    ({"facts": {"clock_offset": -3.0}}, "clock-off", W, "3.0 s behind ours", "time server"),
    ({"facts": {"clock_offset": 1e8}}, "clock-off", E, "1157 d ahead of ours", "is ours wrong"),
    (
        {"facts": {"clock_offset": 0.7}, "other": {"clock_offset": -0.7}},
        "clocks-apart",
        W,
        "its clock is 1.4 s from that of pi-2",
        "same time server",
    ),
    ({"health": {"synchronised": False}}, "clock-alone", W, "no time server", "set-ntp true"),
    ({"health": {"certificates": {"a": 60.0}}}, "certificates-end", N, "in 60 days", "restart K3s"),
    (
        {"health": {"certificates": {"a": 9.0, "b": 10.0}}},
        "certificates-end",
        W,
        "a ends in 9 days, and 1 more",
        "servers first",
    ),
    ({"health": {"certificates": {"a": -2.0}}}, "certificates-end", E, "a has ended", "restart"),
    (
        {"health": {"names": (Answer(name="x", error="no name server is set"),)}},
        "names-unknown",
        W,
        "no name server is set",
        "resolv.conf",
    ),
    (named(addresses=(), error="there is no such name"), "names-unknown", W, "no such", "router"),
    (named(addresses=("10.9.9.9",)), "names-unknown", E, "is 10.9.9.9", "10.20.20.11"),
    (
        named(name="deb.debian.org", addresses=(), error="no answer within 2 s"),
        "names-unknown",
        W,
        "deb.debian.org: no answer within 2 s (asked 10.20.20.1)",
        "Internet",
    ),
    (named(ms=1600.0), "names-slow", W, "takes 1.6 s", "another name server"),
    (
        {"health": {"duplicates": {"10.20.20.11": ["aa:bb:cc:dd:ee:ff"]}}},
        "address-twice",
        E,
        "10.20.20.11 is also that of the machine with the MAC address aa:bb:cc:dd:ee:ff",
        "another",
    ),
    (
        {"health": {"mtus": {"eth0": 1500, "flannel.1": 1500}}},
        "no-room-for-vxlan",
        E,
        "pods send 1500 bytes, and with 50 more the wire takes 1500",
        "restart K3s",
    ),
    ({"health": {"mtus": {"eth0": 9000}}, **line(mtu=9000)}, "lengths-apart", W, "9000", "MTU"),
    (line(ms=None, error="connection refused"), "line-broken", E, "no connection to pi-2", "cable"),
    (line(mtu=1420), "line-cuts-packets", E, "to pi-2 1420 bytes arrive", "MTU 1420"),
    (line(ms=12.0), "line-slow", W, "12.0 ms to pi-2", "cable"),
    (line(out=94e6, back=93e6), "line-slow", W, "93 Mbit/s", "broken pair"),
    (line(back=150e6), "line-slow", W, "940 one way and 150 the other", "half duplex"),
]


def examine(differs: dict[str, Any]) -> tuple[Finding, ...]:
    one = Examined(
        facts=dataclasses.replace(FACTS, **differs.get("facts", {})),
        health=dataclasses.replace(GOOD, **differs.get("health", {})),
    )
    theirs = HostFacts(addresses={"eth0": ("10.20.20.12",)}, **differs.get("other", {}))
    other = Examined(facts=theirs, health=Health(mtus={"eth0": 1500}))
    found = judged(RACK, {"pi-1": one, "pi-2": other}, differs.get("lines", (LINE,)))
    return tuple(each for each in found if each.node == "pi-1")


@pytest.mark.parametrize(("differs", "rule", "severity", "says", "fix"), FAULTS)
def test_a_fault_is_found_and_nothing_else(
    differs: dict[str, Any], rule: str, severity: Severity, says: str, fix: str
) -> None:
    (found,) = examine(differs)
    assert (found.node, found.rule, found.severity) == ("pi-1", rule, severity)
    assert says in found.what
    assert fix in found.fix


def test_good_machines_have_no_fault() -> None:
    assert examine({}) == ()


def test_what_was_not_measured_is_not_judged() -> None:
    blank = Examined(facts=HostFacts(), health=Health())
    assert judged(RACK, {"pi-1": blank, "pi-2": blank}) == ()


def test_every_check_is_tried_and_says_why() -> None:
    assert {c.__name__.replace("_", "-") for c in CHECKS} == {rule for _, rule, *_ in FAULTS}
    assert all(len(check.__doc__ or "") > 60 for check in CHECKS)
    assert all(source.startswith("https://") for source in CHECKS.values())


def test_a_rack_whose_router_serves_no_names_is_not_asked_for_its_own() -> None:
    network = dataclasses.replace(RACK.network, router=None)
    health = Health(names=(Answer(name="pi-1.home.arpa", server="192.0.2.1", error="none"),))
    rack = dataclasses.replace(RACK, network=network)
    assert judged(rack, {"pi-1": Examined(facts=HostFacts(), health=health)}) == ()


def test_flags_in_words() -> None:
    assert flags(0) == ()
    assert flags(0b0010) == ("a capped clock now",)
    assert flags(0x40004) == ("throttling now",)  # now says that it was, too
    assert flags(0x10000) == ("too little voltage since the start",)


def hears(*heard: str) -> Examined:
    found = {address: ["aa:bb:cc:dd:ee:ff"] for address in heard}
    return Examined(facts=HostFacts(), health=Health(heard=found))


GONE = Unavailable("cannot reach it")
SILENCES: list[tuple[dict[str, Examined | RackhouseError], str, str]] = [
    (
        {"pi-1": hears(), "box": hears("10.20.20.12"), "pi-2": GONE},
        "wrong-vlan",
        "box hears it: port 2 is in VLAN 30 (gpu), and should be in VLAN 20 (cluster)",
    ),
    (
        {"pi-1": hears(), "pi-2": GONE},
        "not-heard",
        "no machine of its network hears it either (pi-1 listened)",
    ),
    (
        {"pi-1": hears("10.20.20.12"), "pi-2": GONE},
        "heard",
        "pi-1 hears it on the wire (aa:bb:cc:dd:ee:ff), so it runs and is cabled",
    ),
]


@pytest.mark.parametrize(("measured", "rule", "what"), SILENCES)
def test_a_silent_machine_is_named_by_what_it_looks_like(
    measured: dict[str, Examined | RackhouseError], rule: str, what: str
) -> None:
    (found,) = judged(RACK, measured)
    assert (found.node, found.rule, found.what) == ("pi-2", rule, what)
    assert found.fix


def test_without_vlans_all_machines_are_on_one_network() -> None:
    flat = load("nodes: {a: {role: dev, address: 10.0.0.1}, b: {role: dev, address: 10.0.0.2}}")
    (quiet,) = judged(flat, {"a": hears(), "b": GONE})
    assert (quiet.rule, quiet.fix) == ("not-heard", "is it on, and is its cable in?")
    (there,) = judged(flat, {"a": hears("10.0.0.2"), "b": GONE})
    assert there.rule == "heard"


def test_of_one_that_refuses_us_and_of_one_nobody_listened_for_nothing_is_guessed() -> None:
    assert judged(RACK, {"pi-1": hears(), "pi-2": Refused("the host key has changed")}) == ()
    assert judged(RACK, {"pi-2": GONE, "box": hears()}) == ()
