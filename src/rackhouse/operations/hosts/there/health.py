"""How a machine feels: warmth, power, wear of its disk, its clock, its certificates."""

from __future__ import annotations

import os
import re

from rackhouse.operations.hosts.there.read import listed, said, text, tried
from rackhouse.operations.hosts.there.system import DATA, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_THROTTLED = (
    "/sys/devices/platform/soc/soc:firmware/get_throttled",
    "/sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled",
)
_K3S = "/var/lib/rancher/k3s"
_SECTOR = 512  # bytes, whatever the disk's own are: Documentation/block/stat.rst


def temperature() -> float | None:
    """Degrees Celsius of the warmest place that has a thermometer."""
    read = [text(f"{zone}/temp") for zone in listed("/sys/class/thermal")]
    found = [int(each) / 1000 for each in read if each and each.lstrip("-").isdecimal()]
    return max(found, default=None)


def throttled() -> int | None:
    """The firmware's flags of a Raspberry Pi."""
    found = next(filter(None, map(text, _THROTTLED)), None)
    found = found or said("vcgencmd get_throttled").strip().partition("=")[2]
    return int(found, 16) if found else None


def worn() -> dict[str, int]:
    """How many of 100 of each disk's life are used, where the disk says it.

    eMMC and few SD cards: in tenths (JEDEC JESD84-B50, DEVICE_LIFE_TIME_EST); NVMe by a tool.
    """
    found: dict[str, int] = {}
    for disk in listed("/sys/block"):
        tenths = (text(f"{disk}/device/life_time") or "").split()
        used = [int(each, 16) * 10 for each in tenths]
        name = disk.rpartition("/")[2]
        if name.startswith("nvme"):
            used = list(_percent(name))
        if any(used):
            found[name] = max(used)
    return found


def _percent(name: str) -> Iterator[int]:
    for command in (f"nvme smart-log /dev/{name}", f"smartctl -A /dev/{name}"):
        match = re.search(r"percentage.used\s*:\s*(\d+) ?%", said(command), re.IGNORECASE)
        if match:
            yield int(match[1])
            return


def reserves() -> dict[str, int]:
    """What an eMMC says of its spare blocks: 1 normal, 2 four fifths are used, 3 nearly all."""
    found = {}
    for disk in listed("/sys/block"):
        said_by_it = text(f"{disk}/device/pre_eol_info")
        if said_by_it and int(said_by_it, 16):
            found[disk.rpartition("/")[2]] = int(said_by_it, 16)
    return found


def read_only() -> bool:
    """Whether the system's file system takes no writes."""
    rows = [row.split() for row in (text("/proc/mounts") or "").splitlines()]
    options = [row[3].split(",") for row in rows if len(row) > 3 and row[1] == "/"]
    return bool(options) and "ro" in options[-1]


def free() -> float:
    """How much of 1 is free for ordinary accounts where K3s keeps its data."""
    found = os.statvfs(nearest(DATA))
    return found.f_bavail / (found.f_blocks or 1)


def written() -> dict[str, int]:
    """Bytes that were written to each disk since the machine started."""
    found = {}
    for disk in listed("/sys/block"):
        name, fields = disk.rpartition("/")[2], (text(f"{disk}/stat") or "").split()
        if len(fields) > 6 and not name.startswith(("loop", "ram", "zram", "dm-", "md")):
            found[name] = int(fields[6]) * _SECTOR
    return found


def uptime() -> float | None:
    """Seconds since it started."""
    found = (text("/proc/uptime") or "").split()
    return float(found[0]) if found else None


def synchronised() -> bool | None:
    """Whether its clock follows a time server, as the kernel has it."""
    answer = said("timedatectl show --property=NTPSynchronized --value").strip()
    return {"yes": True, "no": False}.get(answer)


def certificates() -> dict[str, str]:
    """K3s' own, as PEM; they are public."""
    found = {}
    for folder in (f"{_K3S}/server/tls", f"{_K3S}/agent"):
        for path in listed(folder):
            pem = text(path) if path.endswith(".crt") else None
            if pem:
                found[path] = pem
    return found


def health() -> dict[str, object]:
    """All of it: the fields of `operations.hosts.health.Health`."""
    return {
        "temperature": tried(temperature),
        "throttled": tried(throttled),
        "worn": tried(worn),
        "reserves": tried(reserves),
        "read_only": tried(read_only),
        "free": tried(free),
        "written": tried(written),
        "uptime": tried(uptime),
        "synchronised": tried(synchronised),
        "certificates": tried(certificates),
    }
