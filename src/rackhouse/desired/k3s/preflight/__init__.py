"""Judges machines before K3s is put on them, by what was measured. Pure; measures nothing.

A check is a function of a `Case`; its name in kebab case is the rule's, its docstring says why. To
add one: write it, and name it in CHECKS with its source and a line in the test's table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from rackhouse.desired.k3s.facts import Known
from rackhouse.desired.k3s.layout import founder_of, keeps_etcd
from rackhouse.desired.k3s.preflight import machine, network, system
from rackhouse.desired.k3s.preflight.case import Case, Check
from rackhouse.rack.model import Cluster, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.verdict import Finding

_REQUIREMENTS = "https://docs.k3s.io/installation/requirements"
_HA = "https://docs.k3s.io/datastore/ha-embedded"
CHECKS: Mapping[Check, str] = MappingProxyType(
    {
        machine.too_small: _REQUIREMENTS,
        machine.another_architecture: _REQUIREMENTS,
        machine.card_under_etcd: _REQUIREMENTS,
        machine.slow_disk: "https://docs.k3s.io/reference/resource-profiling",
        machine.large_pages: "https://github.com/raspberrypi/bookworm-feedback/issues/107",
        machine.no_container_toolkit: "https://docs.k3s.io/advanced",
        system.no_memory_cgroup: _REQUIREMENTS,
        system.kernel_arguments_on_several_lines: "https://github.com/k3s-io/k3s/issues/3283",
        system.clock_off: "https://docs.k3s.io/cli/certificate",
        system.old_iptables: "https://docs.k3s.io/known-issues",
        system.no_vxlan: _REQUIREMENTS,
        system.was_a_server: _HA,
        system.cluster_of_its_own: _HA,
        network.address_not_there: "https://docs.k3s.io/networking/basic-network-options",
        network.address_of_another: "https://docs.k3s.io/networking/basic-network-options",
        network.host_name_of_another: _REQUIREMENTS,
        network.no_default_route: "https://docs.k3s.io/installation/airgap",
        network.port_taken: _REQUIREMENTS,
        network.web_port_taken: "https://docs.k3s.io/networking/networking-services",
    }
)


def preflight(rack: Rack, known: Known) -> tuple[Finding, ...]:
    """What speaks against K3s on the machines that have joined."""
    found = [
        Finding(
            rule=check.__name__.replace("_", "-"),
            node=case.node.name,
            what=fault.what,
            fix=fault.fix,
            severity=fault.severity,
            why=" ".join((check.__doc__ or "").split()),
            source=source,
        )
        for cluster in rack.clusters
        for case in _cases(rack, cluster, known)
        for check, source in CHECKS.items()
        for fault in check(case)
    ]
    return tuple(found)


def _cases(rack: Rack, cluster: Cluster, known: Known) -> Iterator[Case]:
    if cluster.k3s is None:
        return
    for node in members(rack, cluster):
        if node.name in known.hosts:
            yield Case(
                node=node,
                facts=known.hosts[node.name],
                others={name: each for name, each in known.hosts.items() if name != node.name},
                setup=cluster.k3s,
                etcd=keeps_etcd(rack, cluster),
                founder=node.name == founder_of(rack, cluster),
            )
