"""The table of targets: kind of place -> the function that opens it. Imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol

from rackhouse.kit.paths import Paths
from rackhouse.resources.place import Place
from rackhouse.store.protocol import Store
from rackhouse.targets.protocol import Target

TARGETS: Mapping[str, str] = {
    "vault": "rackhouse.targets.vault",
    "machine": "rackhouse.targets.machine",
    "postgres": "rackhouse.targets.postgres",
    "cache": "rackhouse.targets.cache",
    "objects": "rackhouse.targets.objects",
    "host": "rackhouse.targets.host",
    "k3s": "rackhouse.targets.k3s",
    "switch": "rackhouse.targets.switch",
    "docker": "rackhouse.targets.docker",
    "ollama": "rackhouse.targets.ollama",
    "gitea": "rackhouse.targets.gitea",
    "kube": "rackhouse.targets.kube",
}


class OpenPlace(Protocol):
    """Opens a place, given its address filled in. Connects lazily, so it never fails."""

    def __call__(self, place: Place, address: Mapping[str, str], /) -> Target: ...


def opener(rack: str, paths: Paths, store: Store) -> OpenPlace:
    """The opener for the real targets of this machine."""

    def open_place(place: Place, address: Mapping[str, str]) -> Target:
        module = importlib.import_module(TARGETS[place.kind])
        target: Target = module.open_target(
            place.name, address, rack=rack, paths=paths, store=store
        )
        return target

    return open_place
