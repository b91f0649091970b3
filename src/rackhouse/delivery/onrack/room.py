"""The room of a preview: its namespace and what is in it, made what it has to be by the planner.

Opened by whoever may do nothing outside of it: only what is in there is looked at. Keeps what it
chose in there too.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.delivery.onrack.kept import keep, recalled
from rackhouse.desired.kube.previews import OPENED, ROLE
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.resources.clusters import place
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube import Kube
from rackhouse.targets.kube.kinds import Within
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Say, Target
from rackhouse.targets.vault import Vault

_VAULT = "vault"
_HEARD = 20.0  # seconds until a server knows of a right that was just given

Resources = Mapping[Id, Resource[Any]]


@dataclass(frozen=True, kw_only=True)
class Room:
    """The namespace `name` on a server, of a preview that `keeper` stamps."""

    server: Server
    cluster: str
    name: str
    keeper: str
    say: Say
    pace: Pace

    async def furnish(self, wanted: Resources) -> None:
        """Make it so. NotReady, and the error of whatever else is not there yet."""
        await self._enter(wanted)
        await self._let_in()
        store = await recalled(self.server, self.name)
        try:
            done = await self._apply(wanted, store)
        finally:
            with suppress(RackhouseError):  # what is not kept is chosen anew, everywhere
                chosen = [id for id in wanted if id.target == _VAULT]
                await keep(self.server, self.name, store, chosen)
        done.raise_for_failure()

    async def _apply(self, wanted: Resources, store: Store) -> Outcome:
        vault = Vault(_VAULT, rack=self.keeper, store=store, now=lambda: datetime.now(UTC))
        targets: Mapping[str, Target] = {place(self.cluster): self._kube(store), _VAULT: vault}
        places = {name: Place(name=name, kind=name) for name in targets}
        world = World(
            Wanted(resources=wanted, places=places), store, lambda it, _: targets[it.name]
        )
        apply = Apply(
            who="previews",
            what=f"open {self.name}",
            confirm=lambda _: True,
            observer=Silent(),
            now=time.time,
        )
        with TemporaryDirectory() as folder:
            return await converge(world, apply, rack=self.keeper, lock=Path(folder) / "lock")

    async def _enter(self, wanted: Resources) -> None:
        """The namespace, and the right to look into it: before that, nothing of it can be seen."""
        kube = self._kube(MemoryStore())
        for id, it in sorted(wanted.items()):
            if id.kind == "Namespace" or id.name == f"{self.name}.{ROLE}":
                stamp = Stamp(
                    rack=self.keeper, digest=it.digest, owner=it.owner, uid=it.uid, before=it.before
                )
                await kube.ensure(it, stamp, {}, self.say)

    async def _let_in(self) -> None:
        """Wait until the server knows of that right."""
        path = f"/api/v1/namespaces/{self.name}/secrets"
        async for _, last in self.pace.looks(_HEARD):
            try:
                await self.server.ask("GET", path, query={"limit": "1"})
            except Refused:
                if last:
                    raise
            else:
                return

    def _kube(self, store: Store) -> Kube:
        return Kube(
            place(self.cluster),
            rack=self.keeper,
            server=self.server,
            fingerprint=Fingerprint(store),
            texts=store.text_of,
            pace=self.pace,
            within=Within(self.name, frozenset(OPENED)),
        )
