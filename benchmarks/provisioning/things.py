"""The fifteen things, the machines that get them, and how their end state is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDERS = {f"/opt/bench{name}": 0o750 for name in ("", "/etc", "/bin", "/share")}
FILES = {
    f"/opt/bench/{'etc' if n % 2 else 'share'}/file-{n}": (f"line of file {n}\n" * 64, 0o640)
    for n in range(8)
}
USERS = {"ada": "/bin/bash", "bob": "/bin/sh"}
SYSCTL = ("net.ipv4.tcp_keepalive_time", "900")
AGREED = r"""
for each in $(find /opt/bench | sort); do stat -c '%n %a %U %G' "$each"; done
find /opt/bench -type f | sort | xargs sha256sum
getent passwd ada bob | cut -d: -f1,6,7
cat /proc/sys/net/ipv4/tcp_keepalive_time
grep -hrs tcp_keepalive_time /etc/sysctl.d /etc/sysctl.conf | tr -d ' '
"""


@dataclass(frozen=True)
class Fleet:
    """Ten machines: addresses and public host keys by name, who may sign in with which key.

    `desk` is an argv in front of what runs where they are reached from.
    """

    folder: Path
    addresses: Mapping[str, str]
    host_keys: Mapping[str, str]
    user: str
    key: Path
    desk: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """One engine's run, to be started at the desk, in the fleet's folder."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
