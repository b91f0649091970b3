"""Checks of addresses, names, routes and ports. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.k3s.preflight.case import Case, Fault, Faults
from rackhouse.rack.verdict import Severity
from rackhouse.rack.words import Component, Flannel

_OURS = ("k3s", "containerd", "kube", "flannel", "etcd")


def address_not_there(case: Case) -> Faults:
    """K3s is told the node's address and ends when no interface has it. On a switch port of the
    wrong VLAN, or with a DHCP reservation that was not taken, it has another.
    """
    there = case.facts.addresses
    if there is not None and case.node.address and not case.facts.interface(case.node.address):
        others = [each for name, every in sorted(there.items()) if name != "lo" for each in every]
        what = f"no interface has {case.node.address}; it has {', '.join(others) or 'none'}"
        yield Fault(what, "look at its switch port's VLAN, and at its DHCP reservation")


def address_of_another(case: Case) -> Faults:
    """Two machines with one address answer in turn, and nothing says so."""
    for name, facts in sorted(case.others.items()):
        if facts.interface(case.node.address):
            what = f"{name} has its address {case.node.address} too"
            yield Fault(what, "give one of them another")


def host_name_of_another(case: Case) -> Faults:
    """Node names are host names unless they are set. They are here, and still a log that two
    machines sign alike helps nobody.
    """
    for name, facts in sorted(case.others.items()):
        if case.facts.hostname and facts.hostname == case.facts.hostname:
            what = f"{name} is called {facts.hostname} too"
            yield Fault(what, "nothing to do: apply gives each its name", Severity.NOTE)


def no_default_route(case: Case) -> Faults:
    """K3s needs a default route to know its own address, even where it leads nowhere."""
    if case.facts.default_route is False:
        fix = "add one; without the Internet, a dummy: ip route add default dev ..."
        yield Fault("it has no default route", fix)


def port_taken(case: Case) -> Faults:
    """K3s does not share its ports: 6443 on servers, 10250, 8472/udp or 51820/udp, 2379 and 2380
    between servers, 5001 between nodes.
    """
    yield from _taken(case, _ports(case), Severity.ERROR)


def web_port_taken(case: Case) -> Faults:
    """K3s's load balancer takes 80 and 443 of every node for Traefik."""
    if not {Component.SERVICELB, Component.TRAEFIK} & set(case.setup.disable):
        yield from _taken(case, ["80/tcp", "443/tcp"], Severity.WARNING)


def _taken(case: Case, ports: list[str], severity: Severity) -> Iterator[Fault]:
    for port in ports:
        program = (case.facts.ports or {}).get(port, "")
        if program and not program.startswith(_OURS):
            yield Fault(f"{program} has port {port}", f"stop {program} there", severity)


def _ports(case: Case) -> list[str]:
    pods = {Flannel.VXLAN: ["8472/udp"], Flannel.WIREGUARD: ["51820/udp"], Flannel.HOST_GW: []}
    ports = ["10250/tcp", "5001/tcp", *pods[case.setup.flannel]]
    if case.server:
        ports.append("6443/tcp")
    if case.server and case.etcd:
        ports += ["2379/tcp", "2380/tcp"]
    return ports
