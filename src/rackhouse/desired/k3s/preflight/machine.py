"""Checks of what a machine is made of: processor, memory, disk, graphics card. Pure."""

from __future__ import annotations

from rackhouse.desired.k3s.preflight.case import Case, Fault, Faults
from rackhouse.rack.verdict import Severity
from rackhouse.rack.words import Disk

_MI = 2**20
_ROOM = 0.85  # of 2 GiB, firmware and kernel keep some for themselves
_SLOWEST = {True: 5.0, False: 10.0}  # milliseconds; etcd, SQLite
_ORDINARY = 4096


def too_small(case: Case) -> Faults:
    """A server needs 2 cores and 2 GB, an agent 1 core and 512 MB, before anything runs on them."""
    cores, memory = (2, 2048 * _MI) if case.server else (1, 512 * _MI)
    kind = "a server" if case.server else "an agent"
    if case.facts.memory is not None and case.facts.memory < memory * _ROOM:
        what = f"{case.facts.memory // _MI} MiB of memory, and {kind} needs {memory // _MI}"
        yield Fault(what, "take a larger machine, or make it an agent")
    if case.facts.cpus is not None and case.facts.cpus < cores:
        yield Fault(f"{case.facts.cpus} core, and {kind} needs {cores}", "take a larger machine")


def another_architecture(case: Case) -> Faults:
    """The program and every image are built for one processor; for another they end in `exec format
    error`. A Pi may run a 32-bit system on a 64-bit processor.
    """
    if case.facts.arch is not None and case.facts.arch != case.node.arch:
        what = f"it runs {case.facts.arch}, and the rack file says {case.node.arch}"
        yield Fault(what, f"install a system for {case.node.arch}, or correct the rack file")


def card_under_etcd(case: Case) -> Faults:
    """etcd waits for the disk at every write; SD cards and eMMC cannot handle that load, and wear
    out. Clusters on them lose their leader and restart all night (k3s#1850, #2615, #8956).
    """
    if case.server and case.facts.disk in {Disk.SD, Disk.EMMC}:
        what = f"the cluster's state would lie on {case.facts.disk}"
        fix = "start it from an NVMe or SSD, or put one below /var/lib/rancher/k3s/server"
        yield Fault(what, fix, Severity.ERROR if case.etcd else Severity.WARNING)


def slow_disk(case: Case) -> Faults:
    """etcd wants each write on the disk within 5 ms, SQLite within 10. At 95 ms, leader elections
    are lost.
    """
    limit, measured = _SLOWEST[case.etcd], case.facts.fsync_ms
    if case.server and measured is not None and measured > limit:
        keeps = "etcd" if case.etcd else "SQLite"
        what = f"1 of 100 fsyncs takes {measured:.3g} ms or more; {keeps} wants {limit:.0f} at most"
        fix = "take another disk, and nothing else on it that writes much"
        yield Fault(what, fix, Severity.ERROR if case.etcd else Severity.WARNING)


def large_pages(case: Case) -> Faults:
    """The Raspberry Pi 5's own kernel has pages of 16 KiB, on which images built for 4 KiB end at
    once: old Redis, MongoDB, anything with an old jemalloc.
    """
    if case.facts.page_size is not None and case.facts.page_size > _ORDINARY:
        what = f"pages of {case.facts.page_size // 1024} KiB"
        fix = "take images that know them, or `kernel=kernel8.img` in /boot/firmware/config.txt"
        yield Fault(what, fix, Severity.NOTE)


def no_container_toolkit(case: Case) -> Faults:
    """K3s looks for NVIDIA's container runtime when it starts, and for nothing later. Where
    `gpu.toolkit` is said, it is put there before.
    """
    if case.node.gpu and not case.node.gpu.toolkit and case.facts.nvidia is False:
        fix = "write `gpu.toolkit` into the rack file, or install it and start K3s again"
        yield Fault("NVIDIA's container toolkit is not there, so no pod sees the card", fix)
