"""The target `postgres`: databases with the role that owns each. The server may be anyone's.

    target   what is there, and making what is not        note     what we write on a role
    server   connections, and errors as words             scram    does a password fit a verifier

The stamp is the comment of the role: a role and its comment come into being in one transaction,
which a database and its comment cannot.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.postgres.server import Server
from rackhouse.targets.postgres.target import Postgres

__all__ = ["Postgres", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  what it knows of a database is on the server
    store: Store,
) -> Postgres:
    """The server at `host` and `port`, as its administrator `user` with `password`."""
    server = Server(address["host"], int(address["port"]), address["user"], address["password"])
    return Postgres(name, rack=rack, server=server, fingerprint=Fingerprint(store))
