"""A rack whose things are remembered and not made, for tests of what delivery decides.

The vault is the real one, in a store in memory. Of the others only this much is true to life: a
release's snapshot must be there to be made ready, and leaves with its resource.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from rackhouse.kit.errors import Missing, NotReady, Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets import vault
from rackhouse.targets.protocol import Say, Target
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


class Killed(BaseException):
    """This process was killed with -9."""


@dataclass
class Things:
    """All that there is, and what is to go wrong. `acts` is all that was done, in order."""

    seen: dict[Id, Seen] = field(default_factory=dict)
    specs: dict[Id, Resource[Any]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # ids that never become ready
    blind: set[str] = field(default_factory=set)  # targets that cannot be reached
    kill_at: int = -1  # the effect that is the last

    def effect(self) -> None:
        """Something is about to change in the world."""
        if self.kill_at == 0:
            raise Killed
        self.kill_at -= 1

    def names(self, *kinds: str) -> list[str]:
        """What there is of these kinds, those of the parts left out."""
        mine = (id for id in self.seen if id in self.specs and self.specs[id].owner != "rack")
        return sorted(id.name for id in mine if id.kind in kinds)

    def filled(self, id: str) -> dict[str, str]:
        """The environment that a process was made with."""
        return {key: str(text) for key, text in self.specs[Id.parse(id)].spec.program.env}


@dataclass
class Memory:
    """One target of it."""

    name: str
    things: Things
    paths: Paths

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        if self.name in self.things.blind:
            raise Unavailable(f"{self.name} does not answer")
        mine = (seen for id, seen in self.things.seen.items() if id.target == self.name)
        return [seen for seen in mine if ids is None or seen.id in ids]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        id, things = resource.id, self.things
        assert {*values} == resource.refs
        things.effect()
        things.seen[id] = Seen(id=id, stamp=stamp, found="")
        things.specs[id] = resource
        if str(id) in things.broken:
            raise NotReady(f"{id} did not become ready")
        if id.kind == "source" and not self._snapshot(id).is_dir():
            raise Missing(f"the files of {id} are gone")
        things.effect()
        done = stamp.finished(resource.digest)
        things.seen[id] = Seen(id=id, stamp=done, found=resource.digest)
        things.acts.append(f"+ {id}")
        return things.seen[id]

    async def remove(self, seen: Seen, say: Say) -> None:
        self.things.effect()
        if seen.id.kind == "source":
            shutil.rmtree(self._snapshot(seen.id), ignore_errors=True)
        self.things.effect()
        self.things.seen.pop(seen.id, None)
        self.things.acts.append(f"- {seen.id}")

    async def output(self, ref: Ref) -> Hidden:
        return Hidden(f"<{ref.output} of {ref.to}>")

    async def close(self) -> None:
        pass

    def _snapshot(self, id: Id) -> Path:
        name, _, tag = id.name.partition("@")
        return self.paths.releases / name / tag


@dataclass(frozen=True, kw_only=True)
class House(OpenRack):
    """`open_rack`'s answer, on things that are remembered alone."""

    things: Things

    @cached_property
    def facts(self) -> Facts:
        return Facts(tools=TOOLS, given=vault.given(self.store))

    @cached_property
    def open_place(self) -> OpenPlace:
        def open_place(place: Place, address: Mapping[str, str]) -> Target:
            if place.kind == "vault":
                return vault.open_target(
                    place.name, {}, rack=self.rack.name, paths=self.paths, store=self.store
                )
            return Memory(place.name, self.things, self.paths)

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

    def statuses(self, name: str = "hello") -> dict[int, ReleaseStatus]:
        """What became of each release."""
        return {row.number: row.status for row in self.store.releases(name)}


def house(tmp_path: Path, rack: str = "", file: Path | None = None) -> House:
    """A rack in which nothing was done yet."""
    paths = Paths(tmp_path / "state")
    return House(
        rack=load(rack), file=file, paths=paths, store=MemoryStore(), apps={}, things=Things()
    )


def write(folder: Path, text: str = "one", score: str = SCORE) -> Path:
    """An application's folder; `text` makes it another version."""
    folder.mkdir(exist_ok=True)
    (folder / "score.yaml").write_text(score)
    (folder / "main.py").write_text(text)
    return folder


@contextmanager
def killed_at(things: Things, effect: int) -> Iterator[list[bool]]:
    """The process is killed before that effect, counted from 0. Answers whether it came so far."""
    things.kill_at = effect
    reached = [False]
    try:
        yield reached
    except BaseExceptionGroup as group:
        assert group.subgroup(Killed) is not None  # noqa: PT017
        reached[0] = True
    except Killed:
        reached[0] = True
    finally:
        things.kill_at = -1
