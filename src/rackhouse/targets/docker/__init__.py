"""The target `docker.<node>`: what one container engine holds, over its own API (ADR 0014).

target      which kind's module             engine      requests, in the version both speak
images      by digest, by pull or archive   words       its refusals, as errors with a fix
networks    volumes    containers           body        a wanted container as JSON
ground      whose it is, and stamps         names       names there, labels
health      is it healthy                   logs        its frames as lines
archive     tar files                       progress    a pull as one line
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.docker.ground import Ground
from rackhouse.targets.docker.target import Docker
from rackhouse.targets.fingerprint import Fingerprint

__all__ = ["Docker", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file here
    store: Store,
) -> Docker:
    """The engine at `socket`, the path of a Unix socket here: its own, or one that SSH forwards."""
    ground = Ground(
        target=name,
        rack=rack,
        engine=Engine(address["socket"]),
        store=store,
        fingerprint=Fingerprint(store),
    )
    return Docker(ground)
