"""What every kind stands on: the engine, whose rack, and the two places of a stamp.

A thing is made with its stamp as a label, which says for ever whose it is and what it was made of;
a label cannot be changed. The store has the stamp as it is now, with the fingerprint that finishes
it. Where the store has none, the label counts and the thing is half made: it is looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.kit.errors import NotOurs
from rackhouse.resources.core import Id
from rackhouse.resources.seen import Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.docker import names
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.fingerprint import Fingerprint

Found = Mapping[str, Any]  # a thing as the engine tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One rack on one engine."""

    target: str
    rack: str
    engine: Engine
    store: Store
    fingerprint: Fingerprint

    @property
    def ours(self) -> dict[str, list[str]]:
        """The filter that lets through what this rack made."""
        return {"label": [f"{names.RACK}={self.rack}"]}

    def id(self, kind: str, name: str) -> Id:
        """Of the thing that the engine calls `name`."""
        return Id(self.target, kind, names.of_ours(name))

    def stamp(self, id: Id, labels: Mapping[str, str] | None) -> Stamp | None:
        """As it is now; None for a stranger's."""
        made = names.made_with(labels)
        if made is None or made.rack != self.rack:
            return made
        return self.store.stamp(id) or made

    def refuse_strangers(self, id: Id, labels: Mapping[str, str] | None) -> None:
        """NotOurs when what is there was made by another rack, or by none."""
        made = names.made_with(labels)
        fix = "give yours another name, or rename or remove what is there"
        if made is None:
            raise NotOurs(f"{id} exists, and this rack did not make it", fix=fix)
        if made.rack != self.rack:
            raise NotOurs(f"{id} belongs to the rack {made.rack!r}", fix=fix)

    def begin(self, id: Id, stamp: Stamp) -> None:
        """Say whose it will be, before there is anything."""
        self.store.put_stamp(id, stamp)

    def finish(self, id: Id, stamp: Stamp, found: str) -> None:
        """Say that it is wholly made: always the last thing done."""
        self.store.put_stamp(id, stamp.finished(found))

    def forget(self, id: Id) -> None:
        """Once nothing is there any more."""
        self.store.forget(id)
        self.store.drop_stamp(id)
