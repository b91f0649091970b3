"""What every kind stands on: whose rack, which folders, the store; and the laws of stamping.

Stamps of ports, doors, folders, files, packages, sources and routes are rows in the store, units
carry their own. Knows no kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rackhouse.kit.errors import NotOurs, Refused
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One rack on this machine."""

    target: str
    rack: str
    paths: Paths
    store: Store
    fingerprint: Fingerprint

    def begin(self, resource: Resource[Any], stamp: Stamp) -> None:
        """Say whose it will be, before there is anything. NotOurs when another rack said so."""
        known = self.store.stamp(resource.id)
        if known is not None:
            self.own(resource.id, known)
        self.store.put_stamp(resource.id, stamp)

    def own(self, id: Id, stamp: Stamp) -> None:
        """NotOurs when `stamp` is another rack's."""
        if stamp.rack != self.rack:
            raise NotOurs(
                f"{id} belongs to the rack {stamp.rack!r}",
                where=str(self.paths.root),
                fix="give this rack a state folder of its own (RACKHOUSE_HOME)",
            )

    def finish(self, id: Id, stamp: Stamp, found: str) -> Stamp:
        """Say that it is wholly made, with its fingerprint: always the last thing done."""
        done = stamp.finished(found)
        self.store.put_stamp(id, done)
        return done

    def drop(self, id: Id) -> None:
        """Forget it, the stamp last: killed in between, the stamp still says whose it is."""
        self.store.forget(id)
        self.store.drop_stamp(id)

    def remembered(self, id: Id) -> Mapping[str, str]:
        """What was chosen for `id`; empty when nothing was. None of it is a secret."""
        return {key: value.reveal() for key, value in self.store.values(id).items()}

    def inside(self, path: str) -> Path:
        """`path` below the state folder. Refused when it, or a link on its way, leads out."""
        root = self.paths.root
        whole = root / path
        if whole == root or not whole.resolve().is_relative_to(root.resolve()):
            raise Refused(
                f"{path!r} is not inside the state folder",
                where=str(root),
                fix="name a path inside it, relative to it and without links that lead out",
            )
        return whole

    def relative(self, path: Path) -> str:
        """How `path` is remembered, so that the state folder may be moved or restored elsewhere."""
        return str(path.relative_to(self.paths.root))
