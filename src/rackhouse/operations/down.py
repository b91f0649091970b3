"""`down`: all that this rack runs is stopped, in order, also what outlived its supervisor."""

from __future__ import annotations

from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client


def take_down(paths: Paths, timeout: float) -> bool:
    """Stop the rack; false when nothing of it runs. NotReady when it takes longer than `timeout`.

    Where the supervisor was killed, a new one adopts what is left, since it knows how each is
    stopped: PostgreSQL is not killed like a web server.
    """
    if client.running(paths) is None:
        if not client.survivors(paths):
            return False
        client.start(paths)
    client.stop(paths, timeout)
    return True
