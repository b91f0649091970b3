"""The scene: all that a plan is made from, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rackhouse.plan.order import by_name
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Observed, Stamp


@dataclass(frozen=True)
class Scene:
    """What is wanted, what is seen, what may be purged, and what may be adopted."""

    want: Mapping[Id, Resource[Any]]
    observed: Observed = field(default_factory=Observed)
    purge: frozenset[Id] = frozenset()
    adopt: frozenset[Id] = frozenset()

    @cached_property
    def stamps(self) -> Mapping[Id, Stamp]:
        """Of all that is ours and in sight, by name."""
        unseen = self.observed.later | self.observed.blind.keys()
        return {
            id: stamp
            for id in sorted(self.observed.seen, key=by_name)
            if (stamp := self.observed.seen[id].stamp) is not None and id.target not in unseen
        }
