"""Place: where a target is reached. Its address is made of Texts, since it may not exist yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rackhouse.resources.core import Id, Resource, Text


def machine_of(target: str) -> str:
    """The other machine that a target is on: `pi-1` of `host.pi-1`; empty for what is here."""
    return target.partition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How to reach the target `name`: which module serves it, and its address. What runs `over`
    another place is out of sight when that one is.

    `needs` are resources that must be there and ready before it can be looked at, besides those
    that the address takes values from. A managed PostgreSQL is the same kind with an address made
    of plain strings and a given secret.
    """

    name: str  # postgres
    kind: str  # postgres | cache | objects | vault | machine ...
    address: Mapping[str, Text] = field(default_factory=dict)
    needs: frozenset[Id] = frozenset()
    over: str = ""

    @property
    def before(self) -> frozenset[Id]:
        """Everything that must be there before this place opens."""
        return self.needs | {ref.to for text in self.address.values() for ref in text.refs}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that `desired` answers: the resources, and the places that they live in."""

    resources: Mapping[Id, Resource[Any]]
    places: Mapping[str, Place]

    def __or__(self, other: Wanted) -> Wanted:
        """All of both. Of what has one name, such as the rack's authority, the other's stays."""
        return Wanted(
            resources={**self.resources, **other.resources},
            places={**self.places, **other.places},
        )
