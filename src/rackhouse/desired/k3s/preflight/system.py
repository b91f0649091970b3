"""Checks of a machine's system: kernel, clock, tools, and what an earlier K3s left. Pure."""

from __future__ import annotations

import re

from rackhouse.desired.k3s.preflight.case import Case, Fault, Faults
from rackhouse.kit.text import format_seconds
from rackhouse.rack.verdict import Severity

_APART, _LOST = 1.0, 60.0  # seconds: etcd complains, certificates are not valid yet
_BUGGY = ((1, 8, 0), (1, 8, 4))
_OLD = (1, 6, 1)


def no_memory_cgroup(case: Case) -> Faults:
    """Without the memory controller the kubelet does not start. The firmware of a Pi switches it
    off unless cmdline.txt has `cgroup_memory=1 cgroup_enable=memory`; what counts is what
    /sys/fs/cgroup/cgroup.controllers says, not the file (k3s#2067, raspberrypi/linux#5933).
    """
    there = case.facts.controllers
    if there is None or "memory" in there:
        return
    what = "the kernel has no memory controller for cgroups"
    started = case.facts.started_with
    said = "cgroup_enable=memory" in " ".join(case.facts.cmdline or ()).split()
    if not case.pi:
        yield Fault(what, "start it with cgroup v2, and without `cgroup_disable=memory`")
    elif said and (started is None or "cgroup_enable=memory" in started):
        yield Fault(
            f"{what}, though cmdline.txt asks for it", "start the machine anew, with a newer kernel"
        )
    else:
        fix = "nothing to do: apply adds the arguments and starts the machine anew"
        yield Fault(what, fix, Severity.NOTE)


def kernel_arguments_on_several_lines(case: Case) -> Faults:
    """The firmware reads the first line of cmdline.txt alone; arguments on a second one are not
    there, however right they look.
    """
    lines = [line for line in case.facts.cmdline or () if line.strip()]
    if len(lines) > 1:
        what = f"cmdline.txt has {len(lines)} lines, and the first alone is read"
        fix = "nothing to do: apply makes one line of them"
        yield Fault(what, fix, Severity.NOTE if case.pi else Severity.WARNING)


def clock_off(case: Case) -> Faults:
    """A certificate that was made just now is not valid yet for a clock that is behind, and a
    machine without a battery starts years back. etcd wants its members within a second.
    """
    offset = abs(case.facts.clock_offset or 0.0)
    if offset > _APART:
        what = f"its clock is off by {format_seconds(offset)}"
        fix = "let it reach a time server (ntp to the Internet, or a server of the rack)"
        yield Fault(what, fix, Severity.ERROR if offset > _LOST else Severity.WARNING)


def old_iptables(case: Case) -> Faults:
    """iptables 1.8.0 to 1.8.4 loses rules, and 1.6.1 in nft mode does not work with K3s, which is
    told to use its own (`prefer-bundled-bin`). Whatever else there writes rules still suffers.
    """
    version = tuple(map(int, re.findall(r"\d+", case.facts.iptables or "")))
    buggy = _BUGGY[0] <= version <= _BUGGY[1]
    if version and (buggy or (version <= _OLD and case.facts.iptables_nft)):
        what = f"iptables {case.facts.iptables} is one of those with faults"
        yield Fault(what, "nothing to do for K3s; better upgrade the system", Severity.NOTE)


def no_vxlan(case: Case) -> Faults:
    """Packets of pods travel in VXLAN unless the rack file says otherwise. Ubuntu 21.10 to 23.10
    for the Pi has the module in a package of its own; from 24.04 on it is in the kernel.
    """
    if case.facts.vxlan is False and case.setup.flannel == "vxlan":
        ubuntu = case.pi and case.facts.os == "ubuntu"
        fix = "apt install linux-modules-extra-raspi" if ubuntu else "take a kernel that has it"
        yield Fault("its kernel has no VXLAN", f"{fix}, or another `flannel`")


def was_a_server(case: Case) -> Faults:
    """A server that becomes an agent is a dead member of etcd until its node is deleted, and its
    old state would be in the way if it became a server again.
    """
    if case.facts.datastore and not case.server:
        what = "it was a server: its member of the cluster's state lies on the disk"
        fix = (
            f"on a server: k3s kubectl delete node {case.node.name}; then there:"
            " k3s-killall.sh or a restart, and rm -r /var/lib/rancher/k3s/server"
        )
        yield Fault(what, fix)


def cluster_of_its_own(case: Case) -> Faults:
    """A server joins with an empty datastore; one that has SQLite has begun a cluster already."""
    if case.server and not case.founder and case.facts.datastore == "sqlite":
        what = "it has begun a cluster of its own, and cannot join another with that"
        fix = "save what is in there, and rm -r /var/lib/rancher/k3s/server; or make it the first"
        yield Fault(what, fix)
