"""What each measured fact means, and how to mend it. Pure. Thresholds name their source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.kit.text import format_bytes
from rackhouse.operations.doctor.measure import Facts


class Verdict(StrEnum):
    """GOOD needs nothing, WARN works but will hurt, BAD does not work."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the answer."""

    name: str
    verdict: Verdict
    measured: str
    fix: str = ""


def judge(facts: Facts) -> tuple[Finding, ...]:
    """What each fact means. Pure."""
    return (
        _python(facts),
        _fsync(facts),
        _disk(facts.disk_free),
        _memory(facts.memory_available),
        _page_size(facts.page_size),
        _open_files(facts.open_files),
        _ports(facts.free_ports),
        _clock(facts),
        _cgroups(facts.cgroup_controllers),
        _namespaces(facts),
        _tools(facts),
    )


def _python(facts: Facts) -> Finding:
    good = facts.python >= (3, 11)
    return Finding(
        name="python",
        verdict=Verdict.GOOD if good else Verdict.BAD,
        measured=".".join(map(str, facts.python)),
        fix="" if good else "install Python 3.11 or newer",
    )


def _fsync(facts: Facts) -> Finding:
    p99 = facts.fsync_p99
    if p99 is None:
        measured = f"the state folder cannot be written: {facts.cannot_write}"
        fix = "free some space on that disk, or name a folder of your own with --home"
        return Finding(name="fsync p99", verdict=Verdict.BAD, measured=measured, fix=fix)
    # SQLite wants < 10 ms, etcd < 5 ms (K3s docs, reference/resource-profiling); 95 ms lost leases.
    verdict = Verdict.GOOD if p99 < 0.010 else Verdict.WARN if p99 < 0.100 else Verdict.BAD
    fix = (
        ""
        if verdict is Verdict.GOOD
        else "put the state folder on an SSD (--home); SD cards wear out"
    )
    return Finding(name="fsync p99", verdict=verdict, measured=f"{p99 * 1000:.1f} ms", fix=fix)


def _disk(free: int) -> Finding:
    verdict = Verdict.GOOD if free > 5e9 else Verdict.WARN if free > 1e9 else Verdict.BAD
    fix = "" if verdict is Verdict.GOOD else "free some space: parts and releases want 5 GB"
    return Finding(name="disk", verdict=verdict, measured=f"{format_bytes(free)} free", fix=fix)


def _memory(available: int | None) -> Finding:
    if available is None:
        return Finding(name="memory", verdict=Verdict.WARN, measured="unknown", fix="needs 600 MB")
    verdict = Verdict.GOOD if available > 1e9 else Verdict.WARN if available > 6e8 else Verdict.BAD
    fix = "" if verdict is Verdict.GOOD else "the parts take 450 MB; close something or add memory"
    measured = f"{format_bytes(available)} available"
    return Finding(name="memory", verdict=verdict, measured=measured, fix=fix)


def _page_size(size: int) -> Finding:
    good = size == 4096
    return Finding(
        name="page size",
        verdict=Verdict.GOOD if good else Verdict.WARN,
        measured=format_bytes(size) if not good else "4 KiB",
        fix="" if good else "Pi 5: kernel=kernel8.img in config.txt; some images need 4 KiB pages",
    )


def _open_files(limit: int) -> Finding:
    good = limit >= 4096
    return Finding(
        name="open files",
        verdict=Verdict.GOOD if good else Verdict.WARN,
        measured=str(limit),
        fix="" if good else "ulimit -n 65536, or LimitNOFILE= in the service",
    )


def _ports(free: int) -> Finding:
    good = free >= 48
    return Finding(
        name="free ports",
        verdict=Verdict.GOOD if good else Verdict.BAD,
        measured=f"{free} of 64 tried",
        fix="" if good else "something listens on most ports from 20000 to 32000: see `ss -ltnp`",
    )


def _clock(facts: Facts) -> Finding:
    if facts.clock_year < 2025:
        fix = "set the time (timedatectl): certificates made now would not be valid"
        return Finding(name="clock", verdict=Verdict.BAD, measured=str(facts.clock_year), fix=fix)
    if facts.clock_synchronised is False:
        fix = "sudo timedatectl set-ntp true"
        return Finding(name="clock", verdict=Verdict.WARN, measured="not synchronised", fix=fix)
    measured = "synchronised" if facts.clock_synchronised else "set; synchronisation unknown"
    return Finding(name="clock", verdict=Verdict.GOOD, measured=measured)


def _cgroups(controllers: tuple[str, ...] | None) -> Finding:
    # Read what the kernel enabled, not cmdline.txt: flags there can be on a line that it ignores.
    if controllers is None:
        measured, verdict = "no cgroup v2", Verdict.WARN
    elif "memory" in controllers:
        measured, verdict = " ".join(controllers), Verdict.GOOD
    else:
        measured, verdict = "no memory controller", Verdict.WARN
    fix = "for K3s later: cgroup_memory=1 cgroup_enable=memory in cmdline.txt; not needed here"
    return Finding(
        name="cgroups",
        verdict=verdict,
        measured=measured,
        fix="" if verdict is Verdict.GOOD else fix,
    )


def _namespaces(facts: Facts) -> Finding:
    if not facts.root:
        return Finding(name="identity", verdict=Verdict.GOOD, measured="an ordinary user")
    if facts.user_namespaces:
        measured = "root; PostgreSQL runs in a user namespace"
        return Finding(name="identity", verdict=Verdict.GOOD, measured=measured)
    fix = "run rackhouse as an ordinary user, or allow user namespaces: PostgreSQL refuses root"
    measured = "root, without user namespaces"
    return Finding(name="identity", verdict=Verdict.BAD, measured=measured, fix=fix)


def _tools(facts: Facts) -> Finding:
    there = [name for name, have in (("git", facts.git), ("node", facts.node)) if have]
    there += [facts.container_engine] if facts.container_engine else []
    missing = [] if facts.git else ["git (for git push): sudo apt install git"]
    missing += [] if facts.node else ["node (for Node applications): sudo apt install nodejs npm"]
    verdict = Verdict.GOOD if not missing else Verdict.WARN
    measured = ", ".join(there) or "none"
    return Finding(name="tools", verdict=verdict, measured=measured, fix="; ".join(missing))
