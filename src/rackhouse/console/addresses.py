"""This machine's own addresses on its networks, at which applications open to them answer."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable

import psutil

_GOOD_FOR = 15.0  # seconds: a laptop moves between networks


def own_addresses() -> frozenset[str]:
    """IPv4 addresses of this machine that others can use."""
    found = psutil.net_if_addrs().values()
    texts = (a.address for each in found for a in each if a.family is socket.AF_INET)
    return frozenset(text for text in texts if not ipaddress.ip_address(text).is_loopback)


def remembered(look: Callable[[], frozenset[str]]) -> Callable[[], frozenset[str]]:
    """`look`, asked again when its answer is fifteen seconds old."""
    answer: frozenset[str] = frozenset()
    until = 0.0

    def ask() -> frozenset[str]:
        nonlocal answer, until
        if time.monotonic() > until:
            answer, until = look(), time.monotonic() + _GOOD_FOR
        return answer

    return ask
