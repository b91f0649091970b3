"""What each measured fact means, and how to mend it. Pure. Thresholds name their source."""

from __future__ import annotations

from rackhouse.kit.text import format_bytes
from rackhouse.operations.doctor.measure import Facts
from rackhouse.rack.verdict import Finding, Severity

_RENEWED = 14.0  # days; a certificate that is nearer to its end was not renewed in time


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
        _certificates(facts),
    )


def _python(facts: Facts) -> Finding:
    good = facts.python >= (3, 11)
    return Finding(
        rule="python",
        severity=Severity.GOOD if good else Severity.ERROR,
        what=".".join(map(str, facts.python)),
        fix="" if good else "install Python 3.11 or newer",
    )


def _fsync(facts: Facts) -> Finding:
    p99 = facts.fsync_p99
    if p99 is None:
        measured = f"the state folder cannot be written: {facts.cannot_write}"
        fix = "free some space on that disk, or name a folder of your own with --home"
        return Finding(rule="fsync-p99", severity=Severity.ERROR, what=measured, fix=fix)
    # SQLite wants < 10 ms, etcd < 5 ms (K3s docs, reference/resource-profiling); 95 ms lost leases.
    severity = Severity.GOOD if p99 < 0.010 else Severity.WARNING if p99 < 0.100 else Severity.ERROR
    fix = (
        ""
        if severity is Severity.GOOD
        else "put the state folder on an SSD (--home); SD cards wear out"
    )
    return Finding(rule="fsync-p99", severity=severity, what=f"{p99 * 1000:.1f} ms", fix=fix)


def _disk(free: int) -> Finding:
    severity = Severity.GOOD if free > 5e9 else Severity.WARNING if free > 1e9 else Severity.ERROR
    fix = "" if severity is Severity.GOOD else "free some space: parts and releases want 5 GB"
    return Finding(rule="disk", severity=severity, what=f"{format_bytes(free)} free", fix=fix)


def _memory(available: int | None) -> Finding:
    if available is None:
        return Finding(rule="memory", severity=Severity.WARNING, what="unknown", fix="needs 600 MB")
    severity = (
        Severity.GOOD
        if available > 1e9
        else Severity.WARNING
        if available > 6e8
        else Severity.ERROR
    )
    fix = (
        "" if severity is Severity.GOOD else "the parts take 450 MB; close something or add memory"
    )
    measured = f"{format_bytes(available)} available"
    return Finding(rule="memory", severity=severity, what=measured, fix=fix)


def _page_size(size: int) -> Finding:
    good = size == 4096
    return Finding(
        rule="page-size",
        severity=Severity.GOOD if good else Severity.WARNING,
        what=format_bytes(size) if not good else "4 KiB",
        fix="" if good else "Pi 5: kernel=kernel8.img in config.txt; some images need 4 KiB pages",
    )


def _open_files(limit: int) -> Finding:
    good = limit >= 4096
    return Finding(
        rule="open-files",
        severity=Severity.GOOD if good else Severity.WARNING,
        what=str(limit),
        fix="" if good else "ulimit -n 65536, or LimitNOFILE= in the service",
    )


def _ports(free: int) -> Finding:
    good = free >= 48
    return Finding(
        rule="free-ports",
        severity=Severity.GOOD if good else Severity.ERROR,
        what=f"{free} of 64 tried",
        fix="" if good else "something listens on most ports from 20000 to 32000: see `ss -ltnp`",
    )


def _clock(facts: Facts) -> Finding:
    if facts.clock_year < 2025:
        fix = "set the time (timedatectl): certificates made now would not be valid"
        return Finding(rule="clock", severity=Severity.ERROR, what=str(facts.clock_year), fix=fix)
    if facts.clock_synchronised is False:
        fix = "sudo timedatectl set-ntp true"
        return Finding(rule="clock", severity=Severity.WARNING, what="not synchronised", fix=fix)
    measured = "synchronised" if facts.clock_synchronised else "set; synchronisation unknown"
    return Finding(rule="clock", severity=Severity.GOOD, what=measured)


def _cgroups(controllers: tuple[str, ...] | None) -> Finding:
    # Read what the kernel enabled, not cmdline.txt: flags there can be on a line that it ignores.
    if controllers is None:
        measured, severity = "no cgroup v2", Severity.WARNING
    elif "memory" in controllers:
        measured, severity = " ".join(controllers), Severity.GOOD
    else:
        measured, severity = "no memory controller", Severity.WARNING
    fix = "for K3s later: cgroup_memory=1 cgroup_enable=memory in cmdline.txt; not needed here"
    return Finding(
        rule="cgroups",
        severity=severity,
        what=measured,
        fix="" if severity is Severity.GOOD else fix,
    )


def _namespaces(facts: Facts) -> Finding:
    if not facts.root:
        return Finding(rule="identity", severity=Severity.GOOD, what="an ordinary user")
    if facts.user_namespaces:
        measured = "root; PostgreSQL runs in a user namespace"
        return Finding(rule="identity", severity=Severity.GOOD, what=measured)
    fix = "run rackhouse as an ordinary user, or allow user namespaces: PostgreSQL refuses root"
    measured = "root, without user namespaces"
    return Finding(rule="identity", severity=Severity.ERROR, what=measured, fix=fix)


def _tools(facts: Facts) -> Finding:
    there = [name for name, have in (("git", facts.git), ("node", facts.node)) if have]
    there += [facts.container_engine] if facts.container_engine else []
    missing = [] if facts.git else ["git (for git push): sudo apt install git"]
    missing += [] if facts.node else ["node (for Node applications): sudo apt install nodejs npm"]
    severity = Severity.GOOD if not missing else Severity.WARNING
    measured = ", ".join(there) or "none"
    return Finding(rule="tools", severity=severity, what=measured, fix="; ".join(missing))


def _certificates(facts: Facts) -> Finding:
    # Each is made anew in the last 30 days of its life, by the console and by every `up`.
    rule = "certificates"
    if not facts.certificates:
        return Finding(rule=rule, severity=Severity.GOOD, what="none yet")
    left, file = min((left, file) for file, left in facts.certificates.items())
    if left >= _RENEWED:
        return Finding(rule=rule, severity=Severity.GOOD, what=f"{left:.0f} days left")
    what = f"{file} {f'ends in {left:.0f} days' if left > 0 else 'has ended'}"
    severity = Severity.WARNING if left > 0 else Severity.ERROR
    return Finding(rule=rule, severity=severity, what=what, fix="rackhouse up makes it anew")
