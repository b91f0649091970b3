"""One look at the rack's own repository: what was merged is applied, what is proposed is planned.

What was shown is remembered. A commit is applied when it does nothing that its pull request did not
show; else it is held, with the plan that it has now. Killed at any point, the next look goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.delivery.following import memory as remembered
from rackhouse.delivery.following import shown
from rackhouse.delivery.following.memory import Memory, Shown
from rackhouse.delivery.following.remote import Pull, Remote, State
from rackhouse.delivery.following.whole import Desk, Planned, applied, mask_of, planned
from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.platform.wanted import first
from rackhouse.desired.repositories import CHECK, gitea_of
from rackhouse.kit.errors import Locked, Missing, RackhouseError, Refused, StepFailed, Unavailable
from rackhouse.kit.files import make_folder
from rackhouse.resources.core import Hidden, Ref
from rackhouse.store.lock import hold
from rackhouse.targets.gitea import Gitea

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.plan.step import Plan

APPLY = "rackhouse/apply"  # the status of a commit that was merged
FRESH = 600.0  # seconds after which a plan is made anew, and what failed is tried again

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Who looks, from `desk`. `say` is told what was done, a line each; `agree`: apply what the
    default branch has, whatever was shown.
    """

    desk: Desk
    say: Say
    agree: bool = False

    async def look(self) -> None:
        """Once. Missing: there is no Gitea to look at; Unavailable: it does not answer; Locked:
        another look is under way.
        """
        now = self.desk.now().timestamp()
        lock = self.desk.paths.root / "follow.lock"
        with self.desk.present() as house:
            async with _gitea(house) as gitea:
                look = _Look(
                    follower=self,
                    house=house,
                    remote=Remote(gitea.server, house.rack.name),
                    mask=mask_of(house.store),
                    now=now,
                )
                with hold(lock, "cluster follow", now):
                    await look.all()


@dataclass(kw_only=True)
class _Look:
    """What one look needs."""

    follower: Follower
    house: OpenRack
    remote: Remote
    mask: Callable[[str], str]
    now: float

    async def all(self) -> None:
        """What was merged first: it changes what the others do."""
        head, pulls = await self.remote.head(), await self.remote.pulls()
        if head and head != self._memory.applied:
            await self._merged(head)
        await self._tell()
        if self._memory.applied == head:  # what was shown of those that are over is needed no more
            open_ = {pull.number for pull in pulls}
            memory = self._memory
            left = {number: each for number, each in memory.pulls.items() if number in open_}
            self._remember(replace(memory, pulls=left))
        for pull in pulls:
            known = self._memory.pulls.get(pull.number)
            if known is None or not known.is_of(pull.head, head) or self._old(known.at):
                await self._proposed(pull, head)

    @property
    def _memory(self) -> Memory:
        return remembered.read(self.house.store)

    def _remember(self, memory: Memory) -> None:
        remembered.write(self.house.store, memory)

    def _old(self, at: float) -> bool:
        return not 0 <= self.now - at < FRESH

    async def _proposed(self, pull: Pull, base: str) -> None:
        """Its plan, or what is wrong with it, as its comment and its status. Whatever is wrong with
        one, the others have theirs.
        """
        text, line, steps = await self._answer(pull)
        state: State = "failure" if steps is None else "success"
        try:
            await self.remote.comment(pull.number, text)
            await self.remote.status(pull.head, CHECK, state, self.mask(line))
        except Unavailable:
            raise
        except RackhouseError as error:  # such as a conversation that somebody has locked
            line, steps = f"Gitea takes no plan of it: {error.what}", None
        known = self._memory.pulls.get(pull.number)
        new = Shown(head=pull.head, base=base, at=self.now, steps=steps or ())
        self._remember(self._memory.showing(pull.number, new))
        if known is None or known.head != pull.head:
            self.follower.say(f"pull request {pull.number} at {pull.head[:7]}: {self.mask(line)}")

    async def _answer(self, pull: Pull) -> tuple[str, str, tuple[str, ...] | None]:
        """The comment, the status, and the steps that are shown so; None where there is no plan."""
        try:
            found = await self._planned(pull.head, merged=False)
            text = shown.plan_text(
                found.plan, found.changes, pull.head, self.house.rack.name, self.mask
            )
            legible = shown.legible(found.plan, found.changes, self.mask)
            return text, shown.tally(found.plan), shown.steps(legible, found.wanted)
        except RackhouseError as error:
            wrong = error
        except Exception as bug:  # noqa: BLE001  whoever proposes it has no say in the rest
            what = f"planning it fails with a {type(bug).__name__}"
            wrong = StepFailed(what, fix="the fault is in rackhouse itself; report it")
        return shown.wrong_text(wrong, pull.head, self.mask), wrong.what, None

    async def _merged(self, sha: str) -> None:
        memory = self._memory
        again = memory.stopped == sha and not self._old(memory.tried)
        if again and not self.follower.agree:
            return
        try:
            if memory.begun != sha:
                agreed = await self._agreed(sha)
                self._remember(replace(memory, begun=sha, agreed=agreed))
            await self.remote.status(sha, APPLY, "pending", "the rack is being changed")
            with self._checkout() as folder:
                await self.remote.check_out(sha, folder)
                await applied(self.follower.desk, folder, sha, self._confirm)
        except Locked:  # by somebody at the desk: the next look asks anew
            self._remember(replace(self._memory, begun=""))
            return
        except RackhouseError as error:  # only a kill goes on: by the next try the world is another
            self._remember(replace(self._memory, begun="", stopped=sha, tried=self.now))
            if memory.stopped != sha:
                self.follower.say(f"{sha[:7]} is not applied: {self.mask(error.what)}")
            await self.remote.status(sha, APPLY, "failure", self.mask(error.what))
            return
        self._remember(replace(self._memory, applied=sha, begun="", stopped="", tried=0.0))
        self.follower.say(f"{sha[:7]} is applied")

    async def _tell(self) -> None:
        """Gitea itself may have been changed by that apply, and away at its end."""
        sha = self._memory.applied
        if sha and self._memory.told != sha:
            await self.remote.status(sha, APPLY, "success", "the rack is what this commit says")
            self._remember(replace(self._memory, told=sha))

    def _confirm(self, plan: Plan) -> bool:
        """What has come into sight since it was agreed to is not removed."""
        agreed = self._memory.agreed
        return self.follower.agree or agreed is None or shown.within(plan, agreed)

    async def _agreed(self, sha: str) -> tuple[str, ...] | None:
        """The steps that were shown; Refused where it does more. None, whatever it does: for who
        pushes without a pull request, and for who has just said so.
        """
        pull = await self.remote.pull_of(sha)
        if not pull or self.follower.agree:
            return None
        found = await self._planned(sha, merged=True)
        known = self._memory.pulls.get(pull)
        if known is not None and set(shown.steps(found.plan, found.wanted)) <= set(known.steps):
            return known.steps
        text = shown.held_text(found.plan, found.changes, sha, self.mask)
        await self.remote.comment(pull, text)
        what = f"what it does now is not what pull request {pull} showed"
        raise Refused(what, fix="read its plan there, then `rackhouse cluster follow --agree`")

    async def _planned(self, sha: str, *, merged: bool) -> Planned:
        with self._checkout() as folder:
            await self.remote.check_out(sha, folder)
            return await planned(self.follower.desk, folder, merged=merged)

    @contextmanager
    def _checkout(self) -> Iterator[Path]:
        """An empty folder, whatever a look that was killed has left in it."""
        folder = self.follower.desk.paths.root / "follow"
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _gitea(house: OpenRack) -> AsyncIterator[Gitea]:
    """The rack's own. Missing: there is none."""
    from rackhouse.apply.clusters import joined

    cluster = first(house.rack)
    vouched_for = bool(house.store.values(AUTHORITY))
    place = gitea_of(house.rack, cluster, vouched_for=vouched_for)
    if place is None or cluster not in joined(house.store):
        what = "no cluster that has joined has the rack's own Gitea"
        raise Missing(what, fix="docs/how-to/rack-in-git.md says what it takes")
    values = {ref: _value(house, ref) for text in place.address.values() for ref in text.refs}
    address = {key: text.fill(values) for key, text in place.address.items()}
    target = house.open_place(place, address)
    assert isinstance(target, Gitea), f"{place.name} is opened as what it is"
    try:
        yield target
    finally:
        await target.close()


def _value(house: OpenRack, ref: Ref) -> Hidden:
    """What the vault has for it."""
    found = house.store.values(ref.to)
    if ref.output not in found:
        raise Missing(f"Gitea is not there yet: {ref.to} has no value", fix="`rackhouse apply`")
    return found[ref.output]
