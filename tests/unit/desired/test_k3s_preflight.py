"""Machines that are judged: each check with what trips it, and a good machine with none."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.preflight import CHECKS, preflight
from rackhouse.kit.errors import HostError
from rackhouse.rack.load import load
from rackhouse.rack.verdict import Severity
from unit.desired import clusters

GOOD: dict[str, Any] = {
    "os": "debian",
    "os_version": "12",
    "arch": "arm64",
    "kernel": "6.12.47+rpt-rpi-v8",
    "model": "Raspberry Pi 5 Model B Rev 1.0",
    "page_size": 4096,
    "memory": 8 * 2**30,
    "cpus": 4,
    "controllers": ["cpu", "io", "memory", "pids"],
    "cmdline": ["root=/dev/nvme0n1p2 rootwait cgroup_memory=1 cgroup_enable=memory"],
    "disk": "nvme",
    "fsync_ms": 1.2,
    "clock_offset": 0.02,
    "default_route": True,
    "vxlan": True,
    "iptables": "1.8.9",
    "iptables_nft": True,
    "ports": {"22/tcp": "sshd", "6443/tcp": "k3s-server"},
    "datastore": "",
}
BARE = {"controllers": ["cpu", "pids"], "cmdline": ["root=/dev/mmcblk0p2 rootwait"]}
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# node, what differs from a good one, rule, how bad, and a piece of what is said
FAULTS: list[tuple[str, dict[str, Any], str, Severity, str]] = [
    ("s-1", {"memory": 2**30}, "too-small", E, "1024 MiB of memory, and a server needs 2048"),
    ("s-1", {"cpus": 1}, "too-small", E, "1 core"),
    ("a-1", {"memory": 400 * 2**20}, "too-small", E, "an agent needs 512"),
    ("s-1", {"arch": "arm"}, "another-architecture", E, "it runs arm"),
    ("s-1", {"disk": "sd"}, "card-under-etcd", E, "lie on sd"),
    ("s-2", {"fsync_ms": 95.0}, "slow-disk", E, "95 ms or more; etcd wants 5"),
    ("s-1", {"page_size": 16384}, "large-pages", N, "16 KiB"),
    ("a-1", BARE, "no-memory-cgroup", N, "no memory controller"),
    ("a-1", {"controllers": ["cpu"]}, "no-memory-cgroup", E, "though cmdline.txt asks for it"),
    ("a-1", {**BARE, "model": "Intel NUC"}, "no-memory-cgroup", E, "no memory controller"),
    (
        "s-1",
        {"cmdline": ["root=/dev/sda", "cgroup_enable=memory"]},
        "kernel-arguments-on-several-lines",
        N,
        "has 2 lines",
    ),
    ("a-1", {"clock_offset": -3.0}, "clock-off", W, "off by 3.0 s"),
    ("a-1", {"clock_offset": 9e7}, "clock-off", E, "off by 1042 d"),
    ("s-1", {"iptables": "1.8.2"}, "old-iptables", N, "1.8.2"),
    ("s-1", {"iptables": "1.6.1"}, "old-iptables", N, "1.6.1"),
    ("s-1", {"vxlan": False, "os": "ubuntu"}, "no-vxlan", E, "VXLAN"),
    ("a-1", {"datastore": "etcd"}, "was-a-server", E, "it was a server"),
    ("s-2", {"datastore": "sqlite"}, "cluster-of-its-own", E, "begun a cluster"),
    (
        "s-1",
        {"addresses": {"eth0": ["10.9.0.7"]}},
        "address-not-there",
        E,
        "no interface has 10.1.0.1; it has 10.9.0.7",
    ),
    ("a-1", {"addresses": {"eth0": ["10.1.0.1", "10.2.0.1"]}}, "address-of-another", E, "a-1 has"),
    ("s-1", {"hostname": "raspberrypi"}, "host-name-of-another", N, "raspberrypi too"),
    ("s-1", {"default_route": False}, "no-default-route", E, "no default route"),
    ("s-1", {"ports": {"6443/tcp": "haproxy"}}, "port-taken", E, "haproxy has port 6443/tcp"),
    ("a-1", {"ports": {"8472/udp": "vpn"}}, "port-taken", E, "vpn has port 8472/udp"),
    ("a-1", {"ports": {"80/tcp": "nginx"}}, "web-port-taken", W, "nginx has port 80/tcp"),
]


def _known(name: str, differs: dict[str, Any]) -> Known:
    hosts = {each: HostFacts.of(GOOD) for each in ("s-1", "s-2", "s-3", "a-1")}
    hosts[name] = HostFacts.of(GOOD | differs)
    if "hostname" in differs:
        hosts["a-1"] = HostFacts.of(GOOD | differs)
    return Known(hosts=hosts)


@pytest.mark.parametrize(("node", "differs", "rule", "severity", "says"), FAULTS)
def test_a_fault_is_found_and_nothing_else(
    node: str, differs: dict[str, Any], rule: str, severity: Severity, says: str
) -> None:
    findings = preflight(clusters.rack(3, 1), _known(node, differs))
    assert {finding.rule for finding in findings} == {rule}
    assert {finding.severity for finding in findings} == {severity}
    assert says in findings[0].what
    assert findings[0].fix


def test_good_machines_have_no_fault() -> None:
    assert preflight(clusters.rack(3, 1), _known("s-1", {})) == ()


def test_what_was_not_measured_is_not_judged() -> None:
    rack = clusters.rack(3, 1)
    assert preflight(rack, clusters.known(rack)) == ()


@pytest.mark.parametrize(
    ("differs", "rule"), [({"disk": "sd"}, "card-under-etcd"), ({"fsync_ms": 12.0}, "slow-disk")]
)
def test_sqlite_bears_more_than_etcd(differs: dict[str, Any], rule: str) -> None:
    rack = clusters.rack(1)
    (finding,) = preflight(rack, Known(hosts={"s-1": HostFacts.of(GOOD | differs)}))
    assert (finding.rule, finding.severity) == (rule, W)
    quick = HostFacts.of(GOOD | {"fsync_ms": 8.0})
    assert preflight(rack, Known(hosts={"s-1": quick})) == ()


def test_ports_of_parts_that_are_left_out_are_free() -> None:
    rack = clusters.rack(3, 1, more="disable: [traefik]")
    assert preflight(rack, _known("a-1", {"ports": {"80/tcp": "nginx"}})) == ()
    rack = clusters.rack(3, 1, more="flannel: wireguard-native")
    assert preflight(rack, _known("a-1", {"ports": {"8472/udp": "vpn"}, "vxlan": False})) == ()


def test_a_graphics_card_wants_its_toolkit_before() -> None:
    text = f"""
nodes:
  s-1: {{role: server, board: n100-8gb, address: 10.1.0.1}}
  forge: {{role: gpu, runtime: k3s, arch: amd64, address: 10.1.0.9, gpu: {{memory: 24Gi}}}}
clusters:
  home:
    nodes: [s-1, forge]
    k3s: {{version: v1.34.1+k3s1, sums: {{amd64: {{program: {clusters.SUM}}}}}}}
"""
    known = Known(hosts={"forge": HostFacts(nvidia=False)})
    (finding,) = preflight(load(text), known)
    assert (finding.rule, finding.node) == ("no-container-toolkit", "forge")
    brings = text.replace("24Gi", f"24Gi, toolkit: {{key: {clusters.SUM}}}")
    assert preflight(load(brings), known) == ()


def test_every_check_is_tried_and_says_why() -> None:
    tried = {rule for _, _, rule, _, _ in FAULTS} | {"no-container-toolkit"}
    assert {check.__name__.replace("_", "-") for check in CHECKS} == tried
    assert all(len(check.__doc__ or "") > 60 for check in CHECKS)
    assert all(source.startswith("https://") for source in CHECKS.values())


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"memory": "much"},
        {"memory": True},
        {"controllers": "cpu memory"},
        {"addresses": {"eth0": "10.0.0.1"}},
        {"ports": {"22/tcp": 1}},
    ],
)
def test_facts_of_another_shape_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(HostError):
        HostFacts.of(body)
