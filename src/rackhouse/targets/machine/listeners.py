"""Who listens on a port: nobody, this rack's own units, or a stranger. Looks only."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
from collections.abc import Iterator
from errno import EADDRINUSE
from pathlib import Path

import psutil

from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client, record, table
from rackhouse.supervisor.tree import MARK, mark

_LISTEN = "0A"  # the state, as /proc/net/tcp has it


def is_free(bind: str, port: int) -> bool:
    """Whether a server could listen there now. OSError when it could not for another reason."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of an earlier server that linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == EADDRINUSE:
                return False
            raise
    return True


def ports_of_units(paths: Paths) -> frozenset[int]:
    """The ports on which processes of this rack's units listen, or its supervisor for them.

    Known by the mark that the supervisor puts in each unit's environment, by the session it starts
    each in, and by descent: a child that outlived its parent, or the supervisor, is still ours.
    """
    prefix = f"{MARK}={mark(paths.root, '')}".encode()
    records = (record.read(record.path_of(paths.states, n)) for n in record.names(paths.states))
    sessions = {run.pid for run in records if run and run.boot == table.boot()}
    entries = table.scan()
    roots = {
        entry.pid
        for entry in entries.values()
        if entry.session in sessions
        or any(word.startswith(prefix) for word in table.environment(entry.pid))
    }
    if supervisor := client.running(paths):
        roots.add(supervisor)
    ours = set(table.below(entries, roots))
    try:
        listening = list(_listening())
    except psutil.AccessDenied:  # macOS tells a user of its own processes alone, one by one
        return frozenset(port for pid in ours for port in _ports_of(pid))
    return frozenset(port for pid, port in listening if pid in ours)


def beyond_loopback(port: int) -> str:
    """The address at which that port is open to more than this machine; "" where it is not, or
    where this system does not tell.
    """
    for table_ in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(OSError):
            for line in table_.read_text("ascii").splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                address, _, number = local.partition(":")
                if state == _LISTEN and int(number, 16) == port and not _is_loopback(address):
                    return "every address" if not int(address, 16) else "an address of its network"
    return ""


def _is_loopback(address: str) -> bool:
    """Of an address as the kernel writes it: words of four bytes, each in this machine's order."""
    words = bytes.fromhex(address)
    raw = b"".join(
        words[i : i + 4][:: -1 if sys.byteorder == "little" else 1] for i in range(0, len(words), 4)
    )
    found = ipaddress.ip_address(raw)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def who_listens(port: int) -> str:
    """`nginx (pid 812, of user www)`; empty where this account may not see who it is."""
    with contextlib.suppress(psutil.Error, OSError):
        for pid, number in _listening():
            if number == port:
                process = psutil.Process(pid)
                return f"{process.name()} (pid {pid}, of user {process.username()})"
    return ""


def _listening() -> Iterator[tuple[int, int]]:
    """Process and port of all that listens, in one look: one for each process takes 15 ms."""
    for found in psutil.net_connections(kind="tcp"):
        if found.status == psutil.CONN_LISTEN and found.pid is not None and found.laddr:
            yield found.pid, found.laddr.port


def _ports_of(pid: int) -> Iterator[int]:
    with contextlib.suppress(psutil.Error, OSError):
        for found in psutil.Process(pid).net_connections(kind="tcp"):
            if found.status == psutil.CONN_LISTEN:
                yield found.laddr.port
