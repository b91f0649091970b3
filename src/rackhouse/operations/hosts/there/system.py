"""What a machine is, for K3s and for people: the fields of `desired.k3s.facts.HostFacts`."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import time

from rackhouse.operations.hosts.there.read import said, text, tried, words

DATA = "/var/lib/rancher"
BOOTS = ("/boot/firmware/cmdline.txt", "/boot/firmware/current/cmdline.txt", "/boot/cmdline.txt")
ARCHES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm"}
SIOCGIFADDR = 0x8915  # linux/sockios.h
LISTENS = {"tcp": "0A", "udp": "07"}  # include/net/tcp_states.h: LISTEN, and CLOSE for UDP
BLOCK, ROUNDS, SECONDS = b"\0" * 2300, 200, 4.0  # as etcd writes: github.com/etcd-io/etcd, hardware


def release(key: str) -> str | None:
    """From /etc/os-release."""
    for line in (text("/etc/os-release") or "").splitlines():
        if line.startswith(key + "="):
            return line.partition("=")[2].strip('"')
    return None


def memory() -> int | None:
    """Bytes."""
    line = (text("/proc/meminfo") or "").split("\n")[0].split()
    return int(line[1]) * 1024 if len(line) > 1 else None


def cmdline() -> list[str] | None:
    """The lines of the Raspberry Pi's cmdline.txt."""
    for path in BOOTS:
        found = text(path)
        if found is not None:
            return found.splitlines()
    return None


def nearest(path: str) -> str:
    """The folder, or the first above it that is there."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def disk() -> str | None:
    """What DATA lies on, in the words of the rack file."""
    number = os.stat(nearest(DATA)).st_dev
    link = f"/sys/dev/block/{os.major(number)}:{os.minor(number)}"
    place = os.path.realpath(link)
    if place == link:
        return None  # an overlay, a network
    whole = place if os.path.isdir(place + "/queue") else os.path.dirname(place)
    if "/mmc" in place:
        return {"SD": "sd", "MMC": "emmc"}.get(text(whole + "/device/type") or "")
    if "/usb" in place:
        return "usb"
    if "/nvme" in place:
        return "nvme"
    return "hdd" if text(whole + "/queue/rotational") == "1" else "ssd"


def fsync() -> float:
    """Milliseconds within which 99 of 100 small writes are on the disk."""
    path = os.path.join(nearest(DATA), ".rackhouse-fsync")
    taken: list[float] = []
    until = time.monotonic() + SECONDS
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        while len(taken) < ROUNDS and time.monotonic() < until:
            began = time.monotonic()
            os.write(file, BLOCK)
            os.fdatasync(file)
            taken.append(time.monotonic() - began)
    finally:
        os.close(file)
        os.unlink(path)
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


def default_route() -> bool:
    """Whether there is one."""
    rows = (text("/proc/net/route") or "").splitlines()[1:]
    return any(row.split()[1] == "00000000" for row in rows)


def addresses() -> dict[str, list[str]]:
    """Each interface with its first IPv4 address, as the kernel tells it."""
    found: dict[str, list[str]] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for _, name in sorted(socket.if_nameindex()):
            try:
                answer = fcntl.ioctl(wire, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # it has none
            found[name] = [socket.inet_ntoa(answer[20:24])]
    return found


def ports() -> dict[str, str]:
    """What is listened on, and the program that does."""
    owners = programs()
    found: dict[str, str] = {}
    for kind, state in LISTENS.items():
        for family in ("", "6"):
            for row in (text(f"/proc/net/{kind}{family}") or "").splitlines()[1:]:
                fields = row.split()
                if fields[3] == state:
                    number = int(fields[1].rpartition(":")[2], 16)
                    found[f"{number}/{kind}"] = owners.get(fields[9], "a program")
    return found


def programs() -> dict[str, str]:
    """The name of the program that holds each socket, by inode."""
    found: dict[str, str] = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            for link in os.scandir(f"/proc/{pid}/fd"):
                target = os.readlink(link.path)
                if target.startswith("socket:["):
                    found[target[8:-1]] = text(f"/proc/{pid}/comm") or "a program"
        except OSError:
            continue  # it has ended
    return found


def vxlan() -> bool | None:
    """Whether the kernel has it: built in, loaded, or as a module."""
    folder = "/lib/modules/" + os.uname().release
    if not os.path.isdir(folder):
        return None
    known = (text(folder + "/modules.builtin") or "") + (text(folder + "/modules.dep") or "")
    return os.path.isdir("/sys/module/vxlan") or "/vxlan.ko" in known


def iptables() -> tuple[str, bool] | tuple[None, None]:
    """Its version, and whether it speaks nftables; None for both where it is not there."""
    line = said("iptables --version").split()
    return (line[1].lstrip("v"), "nf_tables" in line[-1]) if len(line) > 1 else (None, None)


def datastore() -> str:
    """What a K3s server left."""
    folder = DATA + "/k3s/server/db"
    if os.path.isdir(folder + "/etcd"):
        return "etcd"
    return "sqlite" if os.path.exists(folder + "/state.db") else ""


def on_path(program: str) -> bool:
    """Whether a program is there."""
    places = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return any(os.access(f"{place}/{program}", os.X_OK) for place in places)


def facts() -> dict[str, object]:
    """All of them."""
    version, speaks_nft = iptables()
    return {
        "os": release("ID"),
        "os_version": release("VERSION_ID"),
        "arch": ARCHES.get(os.uname().machine),
        "kernel": os.uname().release,
        "model": text("/proc/device-tree/model"),
        "hostname": os.uname().nodename,
        "machine_id": text("/etc/machine-id"),
        "page_size": os.sysconf("SC_PAGE_SIZE"),
        "memory": memory(),
        "cpus": os.cpu_count(),
        "controllers": words("/sys/fs/cgroup/cgroup.controllers"),
        "cmdline": cmdline(),
        "started_with": words("/proc/cmdline"),
        "disk": tried(disk),
        "fsync_ms": tried(fsync),
        "default_route": default_route(),
        "vxlan": vxlan(),
        "iptables": version,
        "iptables_nft": speaks_nft,
        "ports": tried(ports),
        "addresses": tried(addresses),
        "datastore": tried(datastore),
        "nvidia": on_path("nvidia-container-runtime"),
    }
