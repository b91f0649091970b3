"""The target `docker.<node>`: what one container engine holds, over its own API (ADR 0014).

    target      which kind's module             engine      requests, in the version both speak
    images      by digest, by pull or archive   words       its refusals, as errors with a fix
    networks    volumes    containers           body        a wanted container as JSON
    ground      whose it is, and stamps         names       names there, labels
    health      is it healthy                   logs        its frames as lines
    archive     tar files                       progress    a pull as one line
    line        the way to its socket

The label says whose a thing is, the store that it is finished, and a container is started last.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.docker.ground import Ground
from rackhouse.targets.docker.line import Here, There
from rackhouse.targets.docker.target import Docker
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.transport.address import Address

SOCKET = "/var/run/docker.sock"

__all__ = ["Docker", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file here
    store: Store,
) -> Docker:
    """The engine whose Unix socket is `socket` (a path): here, or on the machine that is reached
    over SSH where the address has a `host` (the other keys: `Address.parse`). `leaving` is `yes`
    where nothing is wanted there any more: then an engine that is gone holds nothing.
    """
    words = dict(address)
    socket = words.pop("socket", "") or SOCKET
    leaving = words.pop("leaving", "") == "yes"
    line = There(Address.parse(words), socket) if words.get("host") else Here(socket)
    ground = Ground(
        target=name,
        rack=rack,
        engine=Engine(line),
        store=store,
        fingerprint=Fingerprint(store),
    )
    return Docker(ground, leaving=leaving)
