"""Writes what a release may, each thing in its order and waited for, and removes what it left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.desired.kube.granted import Granted
from rackhouse.kit.errors import RackhouseError
from rackhouse.plan.order import ordered
from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Hidden, Id, Resource, Values
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.targets.protocol import Say, Target


@dataclass(frozen=True)
class Writer:
    """Of one application. What pods read of other things was told: nobody may look at them here."""

    target: Target
    told: Granted
    say: Say

    async def write(self, wanted: Mapping[Id, Resource[Any]]) -> None:
        """Each in its order, and waited for; what is so already is left."""
        for id in ordered({id: it.before for id, it in wanted.items()}):
            it = wanted[id]
            inputs = {ref.to: self.told.versions.get(ref.to, "") for ref in it.refs}
            if verdict(it, await self._look(it, inputs)) is None:
                continue
            self.say(f"{id.kind} {id.name}")
            values: Values = {ref: Hidden(inputs[ref.to]) for ref in it.refs}
            await self.target.ensure(it, self._stamp(it, inputs), values, self.say)

    async def back(
        self, wanted: Mapping[Id, Resource[Any]], before: Mapping[Id, Resource[Any]]
    ) -> None:
        """As it was, as far as that is known and possible. The error that is raised says why."""
        if not before:
            return
        self.say("going back to what served")
        try:
            await self.remove(wanted.keys() - before.keys())
            await self.write(before)
        except RackhouseError as error:
            self.say(f"not wholly as it was: {error.what}")

    async def remove(self, ids: set[Id]) -> None:
        """What is ours of these."""
        for seen in await self.target.observe(ids) if ids else ():
            if seen.stamp is not None:
                await self.target.remove(seen, self.say)

    async def _look(self, it: Resource[Any], inputs: Mapping[Id, str]) -> Observed:
        seen = {each.id: each for each in await self.target.observe([it.id])}
        read = {id: Seen(id=id, stamp=None, found="", version=inputs[id]) for id in inputs}
        return Observed(seen={**read, **seen})

    def _stamp(self, it: Resource[Any], inputs: Mapping[Id, str]) -> Stamp:
        return Stamp(
            rack=self.told.keeper,
            digest=it.digest,
            owner=it.owner,
            uid=it.uid,
            inputs=inputs,
            before=it.before,
            claims=it.claims,
            keep=it.keep,
        )
