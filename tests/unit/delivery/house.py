"""A rack whose things are remembered and not made, for tests of what delivery decides.

The vault is the real one, in a store in memory; all else is in the world in memory that we ship.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from rackhouse.apply.open import OpenRack, live_apps
from rackhouse.apply.outcome import Silent
from rackhouse.apply.targets import OpenPlace
from rackhouse.delivery.deploy import Deployed, deploy
from rackhouse.desired.facts import Facts
from rackhouse.kit.errors import Missing, NotReady
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets import vault
from rackhouse.targets.memory import Killed, MemoryTarget, MemoryWorld
from rackhouse.targets.protocol import Say
from unit.desired.scenario import TOOLS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web: {image: ., command: [serve], variables: {COLOUR: blue, DB: "${resources.db.url}"}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources: {db: {type: postgres}, web: {type: route, params: {port: 80}}}
"""


@dataclass(slots=True)
class Target(MemoryTarget):
    """A release's snapshot must be there to be made ready, and leaves with its resource."""

    rack: House = field(kw_only=True)

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        id = resource.id
        if id.kind == "source" and not self._snapshot(id).is_dir():
            raise Missing(f"the files of {id} are gone")
        self.rack.specs[id] = resource
        return await MemoryTarget.ensure(self, resource, stamp, values, say)

    async def remove(self, seen: Seen, say: Say) -> None:
        if seen.id.kind == "source":
            shutil.rmtree(self._snapshot(seen.id), ignore_errors=True)
        fault = self.world.faults.pop(seen.id, None)  # what never becomes ready can be removed
        await MemoryTarget.remove(self, seen, say)
        if fault is not None:
            self.world.faults[seen.id] = fault

    def _snapshot(self, id: Id) -> Path:
        name, _, tag = id.name.partition("@")
        return self.rack.paths.releases / name / tag


@dataclass(frozen=True, kw_only=True)
class House(OpenRack):
    """`open_rack`'s answer, on a world in memory. `specs` are what things were last made from."""

    things: MemoryWorld
    specs: dict[Id, Resource[Any]]

    @cached_property
    def facts(self) -> Facts:
        return Facts(tools=TOOLS, given=vault.given(self.store))

    @cached_property
    def open_place(self) -> OpenPlace:
        def open_place(place: Place, address: Mapping[str, str]) -> Any:
            if place.kind == "vault":
                return vault.open_target(
                    place.name, {}, rack=self.rack.name, paths=self.paths, store=self.store
                )
            return Target(self.things, place.name, dict(address), rack=self)

        return open_place

    def again(self) -> House:
        """The same rack, opened by a later command."""
        return replace(self, apps=live_apps(self.store, NOW))

    async def deploy(self, folder: Path, **more: Any) -> Deployed:
        """`rackhouse deploy FOLDER`."""
        options = {"name": None, "by": "deploy", "observer": Silent(), "now": NOW}
        return await deploy(self.again(), folder, **{**options, **more})

    async def up(self) -> None:
        """A later command finds the rack as the files say; nothing is left to do after it."""
        outcome = await self.again().apply("up")
        assert outcome.ok, outcome
        assert (await self.again().plan()).steps == ()

    def breaks(self, id: str) -> None:
        """From now on that thing never becomes ready."""
        self.things.faults[Id.parse(id)] = NotReady(f"{id} did not become ready")

    def statuses(self, name: str = "hello") -> dict[int, ReleaseStatus]:
        """What became of each release."""
        return {row.number: row.status for row in self.store.releases(name)}

    def names(self, *kinds: str) -> list[str]:
        """What there is of these kinds, those of the parts left out."""
        mine = (id for id in self.things.things if self.specs[id].owner != "rack")
        return sorted(id.name for id in mine if id.kind in kinds)

    def environment(self, process: str) -> dict[str, str]:
        """What a process was made with."""
        spec = self.specs[Id("machine", "process", process)].spec
        return {key: str(text) for key, text in spec.program.env}


def house(tmp_path: Path, rack: str = "", file: Path | None = None) -> House:
    """A rack in which nothing was done yet."""
    return House(
        rack=load(rack),
        file=file,
        paths=Paths(tmp_path / "state"),
        store=MemoryStore(),
        apps={},
        things=MemoryWorld(),
        specs={},
    )


def write(folder: Path, text: str = "one", score: str = SCORE) -> Path:
    """An application's folder; `text` makes it another version."""
    folder.mkdir(exist_ok=True)
    (folder / "score.yaml").write_text(score)
    (folder / "main.py").write_text(text)
    return folder


def run_until(things: MemoryWorld, moment: int, command: Coroutine[Any, Any, Any]) -> bool:
    """Run the command until it is killed at that moment, counted from 1. Whether it came so far."""
    things.ticks, things.kill_at = 0, moment
    try:
        with asyncio.Runner() as runner:
            # A task that was killed is no news to anybody.
            runner.get_loop().set_exception_handler(lambda _loop, _context: None)
            runner.run(command)
    except Killed:
        return True
    finally:
        things.revive()
    return False
