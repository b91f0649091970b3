"""The target `host.<node>`: a Linux machine's system, changed as root over one channel (ADR 0013).

The work is done by `agent`, a small program that is sent to the machine; the rest of this folder
stays here and speaks with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host.target import Host
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Connection

__all__ = ["Host", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file here
    store: Store,
) -> Host:
    """The machine at `address` (keys: `Address.parse`). Connects when it is first asked."""
    to = Address.parse(address)

    async def connect() -> Connection:
        from rackhouse.transport import ssh

        return await ssh.connect(to)

    return Host(name, rack=rack, connect=connect, sudo=to.sudo, fingerprint=Fingerprint(store))
