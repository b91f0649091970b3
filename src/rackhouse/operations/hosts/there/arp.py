"""Who has an address on the wire: ARP probes that claim nothing (RFC 5227, 2.1.1). Needs root."""

from __future__ import annotations

import fcntl
import select
import socket
import struct
import time

from rackhouse.operations.hosts.there.read import listed, text

_ETHERNET, _ARP, _IPV4 = 1, 0x0806, 0x0800
_ASKS, _ANSWERS = 1, 2
_EVERYBODY, _NOBODY = b"\xff" * 6, b"\0" * 6
_PROBES, _APART = 3, 0.25  # RFC 5227 has 1 to 2 s, for machines that are still starting
_SIOCGIFADDR = 0x8915  # linux/sockios.h
_UNWIRED = ("lo", "cni", "veth", "flannel", "docker", "br-", "virbr", "kube", "tun", "wg", "dummy")


def wires() -> dict[str, str]:
    """Ethernet interfaces that are up and lead out of the machine, with their MAC addresses."""
    found = {}
    for path in listed("/sys/class/net"):
        name, kind = path.rpartition("/")[2], text(f"{path}/type")
        up = text(f"{path}/operstate") in ("up", "unknown")
        if kind == str(_ETHERNET) and up and not name.startswith(_UNWIRED):
            found[name] = text(f"{path}/address") or ""
    return found


def mtus() -> dict[str, int]:
    """The longest packet of each interface that leads out, and of the pods' tunnel."""
    names = [*wires(), "flannel.1"]
    found = {name: text(f"/sys/class/net/{name}/mtu") for name in names}
    return {name: int(mtu) for name, mtu in found.items() if mtu}


def own(name: str) -> str | None:
    """The first IPv4 address of an interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        try:
            answer = fcntl.ioctl(wire, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
        except OSError:
            return None  # it has none
    return socket.inet_ntoa(answer[20:24])


def duplicates() -> dict[str, list[str]]:
    """Each address of ours that another machine answers for, with that one's MAC address."""
    found = {}
    for name in wires():
        address = own(name)
        others = who_has(name, [address]).get(address, []) if address else []
        if address and others:
            found[address] = others
    return found


def heard(addresses: list[str]) -> dict[str, list[str]]:
    """Those of the addresses that a machine on one of our wires answers for."""
    found: dict[str, list[str]] = {}
    for name in wires():
        for address, macs in who_has(name, addresses).items():
            found.setdefault(address, []).extend(macs)
    return found


def who_has(name: str, addresses: list[str]) -> dict[str, list[str]]:
    """The MAC addresses that answer for each; our own interfaces are nobody."""
    ours = {_packed(mac) for mac in wires().values()}
    found: dict[str, set[bytes]] = {}
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ARP)) as wire:
        wire.bind((name, _ARP))
        mac = wire.getsockname()[4]
        for _ in range(_PROBES):
            for address in addresses:
                wire.send(_probe(mac, address))
            for sender, address in _replies(wire, time.monotonic() + _APART):
                if address in addresses and sender not in ours:
                    found.setdefault(address, set()).add(sender)
    return {address: [mac.hex(":") for mac in sorted(macs)] for address, macs in found.items()}


def _packed(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def _probe(mac: bytes, address: str) -> bytes:
    head = _EVERYBODY + mac + struct.pack(">H", _ARP)
    kinds = struct.pack(">HHBBH", _ETHERNET, _IPV4, 6, 4, _ASKS)
    return head + kinds + mac + b"\0" * 4 + _NOBODY + socket.inet_aton(address)


def _replies(wire: socket.socket, until: float) -> list[tuple[bytes, str]]:
    """Who answered for what, until then."""
    found = []
    while (left := until - time.monotonic()) > 0:
        if select.select([wire], [], [], left)[0]:
            packet = wire.recv(128)
            if len(packet) >= 42 and packet[20:22] == struct.pack(">H", _ANSWERS):
                found.append((packet[22:28], socket.inet_ntoa(packet[28:32])))
    return found
