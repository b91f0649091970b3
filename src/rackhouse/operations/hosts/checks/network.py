"""Checks of names, addresses, packets' lengths and the lines between machines. Pure."""

from __future__ import annotations

from rackhouse.desired.k3s.preflight.case import Fault
from rackhouse.operations.hosts.checks.case import Case, Faults
from rackhouse.operations.hosts.health import Answer
from rackhouse.rack.verdict import Severity
from rackhouse.rack.words import Serves

_VXLAN = 50  # bytes that a pod's packet grows by: RFC 7348
_TUNNEL = "flannel.1"
_SLOW_NAME = 1000.0  # milliseconds
_FAR, _NARROW, _ASKEW = 5.0, 100e6, 4.0  # milliseconds, bits a second, times


def names_unknown(case: Case) -> Faults:
    """Machines find each other, their packages and the time by names. A name server that does not
    answer makes everything wait for its patience first.
    """
    router = case.rack.network.router
    ours = router is not None and Serves.DNS in router.serves
    answers = case.health.names or ()
    if answers and not any(answer.server for answer in answers):
        fix = "write `nameserver` and the router's address into /etc/resolv.conf there"
        yield Fault("no name server is set", fix, Severity.WARNING)
        return
    for answer in answers:
        if answer.name.endswith(f".{case.rack.domain}"):
            yield from _own_name(case, answer) if ours else ()
        elif answer.error:
            fix = "without the Internet nothing to do; else see the name server and its rules"
            what = f"{answer.name}: {answer.error} (asked {answer.server})"
            yield Fault(what, fix, Severity.WARNING)


def _own_name(case: Case, answer: Answer) -> Faults:
    if answer.error:
        fix = "is the router its name server? see /etc/resolv.conf there"
        what = f"{answer.name}: {answer.error} (asked {answer.server})"
        yield Fault(what, fix, Severity.WARNING)
    elif str(case.node.address) not in answer.addresses:
        what = f"{answer.name} is {', '.join(answer.addresses)} (asked {answer.server})"
        fix = f"the rack file says {case.node.address}: apply the router's names"
        yield Fault(what, fix)


def names_slow(case: Case) -> Faults:
    """Whatever connects asks for a name first, and waits for the answer each time."""
    for answer in case.health.names or ():
        if answer.ms is not None and answer.ms > _SLOW_NAME:
            what = f"{answer.server} takes {answer.ms / 1000:.1f} s for {answer.name}"
            yield Fault(what, "take another name server, or a nearer one", Severity.WARNING)


def address_twice(case: Case) -> Faults:
    """Two machines with one address answer in turn: connections break for no reason that a log
    would show.
    """
    for address, others in sorted((case.health.duplicates or {}).items()):
        what = f"{address} is also that of the machine with the MAC address {', '.join(others)}"
        yield Fault(what, "find it by that (the switch knows its port), and give it another")


def no_room_for_vxlan(case: Case) -> Faults:
    """A packet of a pod travels in one that is 50 bytes longer. What does not fit is dropped, and
    connections hang once they send much.
    """
    tunnel = (case.health.mtus or {}).get(_TUNNEL)
    if tunnel is not None and case.mtu is not None and tunnel > case.mtu - _VXLAN:
        what = f"pods send {tunnel} bytes, and with 50 more the wire takes {case.mtu}"
        yield Fault(what, "restart K3s there: it measures the interface when it starts")


def lengths_apart(case: Case) -> Faults:
    """Machines on one VLAN have to agree on the longest packet, or the longer ones vanish."""
    for name, other in sorted(case.others.items()):
        node = next((each for each in case.rack.nodes if each.name == name), None)
        if node is None or case.vlan is None or node.address not in case.vlan.subnet:
            continue
        theirs = (other.health.mtus or {}).get(other.facts.interface(node.address))
        if theirs is not None and case.mtu is not None and case.mtu > theirs:
            what = f"it sends {case.mtu} bytes at once, and {name} takes {theirs}"
            yield Fault(what, "set the same MTU on both, and on the switch", Severity.WARNING)


def line_broken(case: Case) -> Faults:
    """Nodes of one VLAN reach each other on any port: no router stands between them."""
    for line in case.lines:
        if line.error:
            what = f"no connection to {line.target}: {line.error}"
            yield Fault(what, "look at its firewall, its cable, and its address")


def line_cuts_packets(case: Case) -> Faults:
    """What is longer than the line takes vanishes where something between drops it: small answers
    arrive, large ones never.
    """
    for line in case.lines:
        if line.mtu is not None and case.mtu is not None and line.mtu < case.mtu:
            what = f"to {line.target} {line.mtu} bytes arrive at once, and it sends {case.mtu}"
            fix = f"allow them on the switch between, or set MTU {line.mtu} on both"
            yield Fault(what, fix)


def line_slow(case: Case) -> Faults:
    """A network card that knows four pairs and finds two falls back to a tenth of its speed; Wi-Fi,
    a power-line adapter and a tired switch answer late. etcd wants answers within milliseconds.
    """
    for line in case.lines:
        if line.ms is not None and line.ms > _FAR:
            what = f"{line.ms:.1f} ms to {line.target} and back"
            yield Fault(what, "use a cable, and one switch", Severity.WARNING)
        rates = [rate for rate in (line.out, line.back) if rate]
        if rates and min(rates) < _NARROW:
            what = f"{min(rates) / 1e6:.3g} Mbit/s between it and {line.target}"
            fix = "replace the cable: a broken pair makes 100 of 1000 Mbit/s"
            yield Fault(what, fix, Severity.WARNING)
        elif rates and max(rates) > _ASKEW * min(rates):
            ways = f"{rates[0] / 1e6:.0f} one way and {rates[-1] / 1e6:.0f} the other"
            what = f"to {line.target} {ways} (Mbit/s)"
            yield Fault(
                what, "look at cable and port: one end may be half duplex", Severity.WARNING
            )
