"""Checks of how a machine feels: warmth, power, disk, clock, certificates. Pure."""

from __future__ import annotations

from rackhouse.desired.k3s.preflight.case import Fault
from rackhouse.kit.text import format_bytes, format_seconds
from rackhouse.operations.hosts.checks.case import Case, Faults
from rackhouse.rack.verdict import Severity
from rackhouse.rack.words import Disk

_HOT = 80.0  # degrees Celsius: a Raspberry Pi 4 and 5 slow down from there
_NOW = {0: "too little voltage", 1: "a capped clock", 2: "throttling", 3: "the soft heat limit"}
_SINCE = 16  # the same flags, since the start
_WORN, _WORN_OUT = 80, 100  # of 100
_FEW, _NONE = 0.15, 0.03  # of 1: the kubelet's imageGCHighThresholdPercent; next to nothing
_A_DAY = 10e9  # bytes that a card bears for years
_HOUR, _DAY = 3600.0, 86400.0  # seconds
_CARDS = {Disk.SD, Disk.EMMC, Disk.USB}
_APART, _LOST = 1.0, 60.0  # seconds
_RENEWS, _SOON = 90, 30  # days: K3s renews at a start from the first on


def flags(value: int) -> tuple[str, ...]:
    """The firmware's flags in words: what is so now, then what was since the start."""
    now = [word for bit, word in _NOW.items() if value >> bit & 1]
    was = [word for bit, word in _NOW.items() if value >> (bit + _SINCE) & 1]
    return (
        *(f"{word} now" for word in now),
        *(f"{w} since the start" for w in was if w not in now),
    )


def throttled(case: Case) -> Faults:
    """A Raspberry Pi whose voltage drops slows down, and corrupts its card when it drops further. A
    hot one slows down.
    """
    if said := flags(case.health.throttled or 0):
        weak = any("voltage" in each for each in said)
        power = "take its own power supply (Pi 5: 27 W), a short cable, and no disk on its USB"
        now = any(each.endswith("now") for each in said)
        yield Fault(
            ", ".join(said),
            power if weak else "give it a fan or a heat sink, and air",
            Severity.ERROR if weak and now else Severity.WARNING,
        )


def hot(case: Case) -> Faults:
    """From 80 degrees on the firmware of a Raspberry Pi slows the processor down."""
    warmth = case.health.temperature
    if warmth is not None and warmth >= _HOT:
        yield Fault(f"{warmth:.0f} °C", "give it a fan or a heat sink, and air", Severity.WARNING)


def worn_disk(case: Case) -> Faults:
    """Flash bears so many writes. A disk that is worn out goes read-only, or forgets."""
    for disk, used in sorted((case.health.worn or {}).items()):
        if used >= _WORN:
            what = f"{min(used, _WORN_OUT)} of 100 of the life of {disk} are used"
            severity = Severity.ERROR if used >= _WORN_OUT else Severity.WARNING
            yield Fault(what, "have a backup, and another disk at hand", severity)
    for disk, state in sorted((case.health.reserves or {}).items()):
        if state > 1:
            left = "a fifth" if state == 2 else "a tenth at most"
            what = f"{disk} has {left} of its spare blocks left"
            severity = Severity.WARNING if state == 2 else Severity.ERROR
            yield Fault(what, "have a backup, and replace it", severity)


def read_only(case: Case) -> Faults:
    """Linux mounts a disk read-only when it fails to write: a worn or pulled card, weak power."""
    if case.health.read_only:
        fix = "see `dmesg | tail` there: a new card most often; else mount -o remount,rw /"
        yield Fault("its file system takes no writes", fix)


def disk_full(case: Case) -> Faults:
    """The kubelet throws away images when less than 15 of 100 are free, and pods soon after; a
    database that cannot write stops.
    """
    free = case.health.free
    if free is not None and free < _FEW:
        what = f"{free * 100:.0f} of 100 of the disk are free"
        fix = "find what fills it (du -xh / | sort -h | tail), or take a larger disk"
        yield Fault(what, fix, Severity.ERROR if free < _NONE else Severity.WARNING)


def much_written(case: Case) -> Faults:
    """A card lives as long as it is not written to: logs, databases and swap on one end it within
    a year or two.
    """
    up, disk = case.health.uptime or 0.0, case.facts.disk
    if disk not in _CARDS or up < _HOUR:
        return
    kind = "mmcblk" if disk in {Disk.SD, Disk.EMMC} else "sd"
    for name, count in sorted((case.health.written or {}).items()):
        a_day = count / up * _DAY
        if name.startswith(kind) and a_day > _A_DAY:
            what = f"{format_bytes(a_day)} a day are written to {name}, which is {disk}"
            fix = "put /var/lib/rancher and what else writes on an SSD or NVMe"
            yield Fault(what, fix, Severity.WARNING)


def clock_off(case: Case) -> Faults:
    """Certificates are not valid yet, or no more, for a clock that is wrong."""
    offset = case.facts.clock_offset or 0.0
    if abs(offset) > _APART:
        side = "ahead of" if offset > 0 else "behind"
        what = f"its clock is {format_seconds(abs(offset))} {side} ours"
        fix = "let it reach a time server, or `timedatectl set-time` there; or is ours wrong?"
        yield Fault(what, fix, Severity.ERROR if abs(offset) > _LOST else Severity.WARNING)


def clocks_apart(case: Case) -> Faults:
    """etcd complains when its members are a second apart, and logs side by side make no sense."""
    offsets = {name: each.facts.clock_offset for name, each in case.others.items()}
    right = {name: it for name, it in offsets.items() if it is not None and abs(it) <= _APART}
    own = case.facts.clock_offset
    if own is None or abs(own) > _APART or not right:  # `clock_off` says it
        return
    name = max(right, key=lambda each: abs(right[each] - own))
    apart = abs(right[name] - own)
    if apart > _APART:
        what = f"its clock is {apart:.2g} s from that of {name}"
        fix = "let both follow the same time server: timedatectl set-ntp true"
        yield Fault(what, fix, Severity.WARNING)


def clock_alone(case: Case) -> Faults:
    """A machine without a battery, as a Raspberry Pi is, has the time from a server alone."""
    if case.health.synchronised is False:
        fix = "sudo timedatectl set-ntp true; and let it reach a time server (ntp)"
        yield Fault("its clock follows no time server", fix, Severity.WARNING)


def certificates_end(case: Case) -> Faults:
    """K3s' certificates last a year, and are renewed only when K3s starts within 90 days of their
    end. One that runs on past it talks to nobody.
    """
    left = sorted((days, path) for path, days in (case.health.certificates or {}).items())
    ending = [each for each in left if each[0] < _RENEWS]
    if ending:
        days, path = ending[0]
        more = f", and {len(ending) - 1} more end soon" if len(ending) > 1 else ""
        when = f"ends in {days:.0f} days" if days > 0 else "has ended"
        fix = "restart K3s there, servers first: systemctl restart k3s (k3s-agent)"
        severity = Severity.NOTE if days > _SOON else Severity.WARNING
        yield Fault(f"{path} {when}{more}", fix, severity if days > 0 else Severity.ERROR)
