"""Who listens on a port: nobody, this rack's own units, or a stranger. Looks only."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from errno import EADDRINUSE

import psutil

from rackhouse.kit.paths import Paths
from rackhouse.supervisor import record, table
from rackhouse.supervisor.tree import MARK, mark


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
    """The ports on which processes of this rack's units listen.

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
    return frozenset(port for pid in table.below(entries, roots) for port in _ports_of(pid))


def who_listens(port: int) -> str:
    """`nginx (pid 812, of user www)`; empty where this account may not see who it is."""
    with contextlib.suppress(psutil.Error, OSError):
        for found in psutil.net_connections(kind="tcp"):
            if found.status != psutil.CONN_LISTEN or found.pid is None:
                continue
            if found.laddr and found.laddr.port == port:
                process = psutil.Process(found.pid)
                return f"{process.name()} (pid {process.pid}, of user {process.username()})"
    return ""


def _ports_of(pid: int) -> Iterator[int]:
    with contextlib.suppress(psutil.Error, OSError):
        for found in psutil.Process(pid).net_connections(kind="tcp"):
            if found.status == psutil.CONN_LISTEN:
                yield found.laddr.port
