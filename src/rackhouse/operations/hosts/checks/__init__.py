"""Judges machines and the lines between them, by what was measured. Pure; measures nothing.

A check is a function of a `Case`; its name in kebab case is the rule's, its docstring says why.
What speaks against K3s alone is `desired.k3s.preflight`, whose findings are here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rackhouse.desired.k3s.facts import Known
from rackhouse.desired.k3s.preflight import preflight
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.hosts.checks import machine, network
from rackhouse.operations.hosts.checks.case import Case, Check
from rackhouse.operations.hosts.checks.silence import silent
from rackhouse.operations.hosts.health import Examined, Line
from rackhouse.rack.model import Rack
from rackhouse.rack.verdict import Finding

_FULL = "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"
_PI = "https://www.raspberrypi.com/documentation/computers/os.html#get_throttled"
_ETCD = "https://github.com/etcd-io/etcd/blob/main/server/etcdserver/api/rafthttp/probing_status.go"
CHECKS: Mapping[Check, str] = MappingProxyType(
    {
        machine.throttled: _PI,
        machine.hot: _PI,
        machine.worn_disk: "https://docs.kernel.org/driver-api/mmc/mmc-dev-attrs.html",
        machine.read_only: "https://docs.kernel.org/admin-guide/ext4.html",
        machine.disk_full: _FULL,
        machine.much_written: "https://github.com/k3s-io/k3s/issues/11313",
        machine.clock_off: "https://docs.k3s.io/cli/certificate",
        machine.clocks_apart: _ETCD,
        machine.clock_alone: "https://www.freedesktop.org/software/systemd/man/timedatectl.html",
        machine.certificates_end: "https://docs.k3s.io/advanced",
        network.names_unknown: "https://datatracker.ietf.org/doc/html/rfc1035",
        network.names_slow: "https://datatracker.ietf.org/doc/html/rfc1035",
        network.address_twice: "https://datatracker.ietf.org/doc/html/rfc5227",
        network.no_room_for_vxlan: "https://datatracker.ietf.org/doc/html/rfc7348",
        network.lengths_apart: "https://datatracker.ietf.org/doc/html/rfc7348",
        network.line_broken: "https://docs.k3s.io/installation/requirements",
        network.line_cuts_packets: "https://datatracker.ietf.org/doc/html/rfc4459",
        network.line_slow: "https://etcd.io/docs/v3.5/tuning/",
    }
)


def judged(
    rack: Rack, measured: Mapping[str, Examined | RackhouseError], lines: Sequence[Line] = ()
) -> tuple[Finding, ...]:
    """What is wrong with those machines; each rule once for each thing that it found."""
    reached = {name: each for name, each in measured.items() if isinstance(each, Examined)}
    found = [*preflight(rack, Known(hosts={name: each.facts for name, each in reached.items()}))]
    told = {(each.node, each.rule) for each in found}
    own = (each for case in _cases(rack, reached, lines) for each in _of(case))
    found += (each for each in own if (each.node, each.rule) not in told)
    return (*found, *silent(rack, measured))


def _cases(rack: Rack, reached: Mapping[str, Examined], lines: Sequence[Line]) -> Iterator[Case]:
    for node in rack.nodes:
        if node.name in reached:
            yield Case(
                rack=rack,
                node=node,
                own=reached[node.name],
                others={name: each for name, each in reached.items() if name != node.name},
                lines=tuple(line for line in lines if line.source == node.name),
            )


def _of(case: Case) -> Iterator[Finding]:
    for check, source in CHECKS.items():
        for fault in check(case):
            yield Finding(
                rule=check.__name__.replace("_", "-"),
                node=case.node.name,
                what=fault.what,
                fix=fault.fix,
                why=" ".join((check.__doc__ or "").split()),
                source=source,
                severity=fault.severity,
            )
