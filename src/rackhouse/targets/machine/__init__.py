"""The target `machine`: this machine, without root: ports, folders, files, releases, processes,
routes. One module per kind; `target` sends each resource to its own. Starts no process but through
`kit.process` (installers, builds): what runs, the supervisor runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.machine.target import Machine

__all__ = ["Machine", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],  # noqa: ARG001  it has none: it is where we are
    *,
    rack: str,
    paths: Paths,
    store: Store,
) -> Machine:
    """This machine, as far as the state folder `paths` and its supervisor reach."""
    fingerprint = Fingerprint(store)
    return Machine(
        Ground(target=name, rack=rack, paths=paths, store=store, fingerprint=fingerprint)
    )
