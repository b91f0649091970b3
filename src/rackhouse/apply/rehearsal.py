"""What clusters would make of a plan's updates, by their own dry run. Changes nothing.

It has what the files alone do not: what somebody changed by hand, what the server fills in. What
cannot be asked is left to the files.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from rackhouse.kit.errors import RackhouseError
from rackhouse.plan.diff import Change
from rackhouse.plan.step import Plan, Verb
from rackhouse.resources.core import Id
from rackhouse.resources.place import Wanted

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.world import World


async def rehearse(house: OpenRack, wanted: Wanted, plan: Plan) -> dict[Id, tuple[Change, ...]]:
    """The changes of each object that is updated on a cluster, field by field."""
    clusters = {name for name, place in wanted.places.items() if place.kind == "kube"}
    updates = [it.id for it in plan.steps if it.verb is Verb.UPDATE and it.id.target in clusters]
    if not updates:
        return {}
    async with house.world(wanted) as world:
        found = await asyncio.gather(*(_one(world, id) for id in updates))
    return {id: each for id, each in zip(updates, found, strict=True) if each}


async def _one(world: World, id: Id) -> tuple[Change, ...]:
    from rackhouse.targets.kube import Kube

    with suppress(RackhouseError):  # the apply says it, with what to do about it
        resource, target = world.wanted.resources[id], await world.target(id.target)
        if isinstance(target, Kube):
            return await target.rehearse(resource, await world.values(resource.refs))
    return ()
