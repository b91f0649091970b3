"""Wakes a machine by the magic packet: six times 255 and sixteen times its address, to everybody
on the wire. Hears no answer; whether it woke is seen by looking at its address again.
"""

from __future__ import annotations

import re
import socket

EVERYBODY = ("255.255.255.255", 9)  # the port that is called discard


def packet(mac: str) -> bytes:
    """ValueError for what is no MAC address."""
    digits = re.sub(r"[:.\-]", "", mac)
    if not re.fullmatch(r"[0-9A-Fa-f]{12}", digits):
        raise ValueError(f"{mac!r} is no MAC address")
    return b"\xff" * 6 + bytes.fromhex(digits) * 16


def wake(mac: str, to: tuple[str, int] = EVERYBODY) -> None:
    """Send it once. A network that takes none is no fault of the request at hand: nothing is raised
    for it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            sender.sendto(packet(mac), to)
        except OSError:
            return
