"""Plans and applies of a folder with a rack file, about all of the rack. Remembers nothing.

What nobody has merged yet is planned with care, for whoever wrote it may mean harm: no place is
asked at an address that only that file names, which could wait for a password, and no folder beside
the repository's is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.apply.changes import changes
from rackhouse.apply.open import open_rack
from rackhouse.apply.outcome import Silent
from rackhouse.delivery import rackfile
from rackhouse.delivery.following.shown import Changes
from rackhouse.delivery.repositories.rack import FILE
from rackhouse.delivery.runner.mask import masker
from rackhouse.delivery.sync import coming
from rackhouse.kit.errors import Refused
from rackhouse.kit.paths import Paths
from rackhouse.plan.step import Plan
from rackhouse.resources.place import Wanted

if TYPE_CHECKING:
    from rackhouse.apply.converge import Confirm
    from rackhouse.apply.open import OpenRack
    from rackhouse.store.protocol import Store

_UNMERGED = "what is merged says another address; it is looked at there after this"
# What is chosen for these kinds of targets is no secret: ports, paths, names, images.
_PLAIN = {"cache", "docker", "machine", "ollama", "switch"}
_NAMES = {"fields", "members"}  # of what a Gitea has, beside the value of a token

Reach = Callable[["OpenRack", bool], Awaitable["OpenRack"]]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a rack is looked after. `reach` asks machines and clusters whether they admit what is
    wanted, and what was released meanwhile; told whether something is going to be done. `file`: the
    rack file as it is now, where it is not the one that the state folder remembers.
    """

    paths: Paths
    now: Callable[[], datetime]
    reach: Reach
    opener: rackfile.Open = open_rack
    file: Path | None = None

    @contextmanager
    def present(self) -> Iterator[OpenRack]:
        """The rack as it is."""
        house = self.opener(self.file, root=self.paths.root, now=self.now(), only_read=True)
        try:
            yield house
        finally:
            house.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a folder does to the rack."""

    plan: Plan
    wanted: Wanted
    changes: Changes


async def planned(desk: Desk, folder: Path, *, merged: bool) -> Planned:
    """What applying it would do. Changes nothing. What `open_rack` and plans raise."""
    with desk.present() as present, _coming(desk, folder) as found:
        if not merged:
            _check_inside(found, folder)
        lies = desk.paths.root / "rack" / "current" / FILE
        house = replace(await desk.reach(found, False), lies=lies)
        wanted = coming(house, desk.now(), everywhere=True)
        if not merged:
            house = replace(house, unheard={**house.unheard, **_elsewhere(present, wanted)})
        plan = await house.plan(wanted)
        return Planned(
            plan=plan, wanted=wanted, changes=changes(plan, wanted.resources, house.store)
        )


async def applied(desk: Desk, folder: Path, sha: str, confirm: Confirm) -> None:
    """Make the rack what that folder says. As `rackfile.apply`."""

    async def reach(house: OpenRack) -> OpenRack:
        return await desk.reach(house, True)

    with _coming(desk, folder):  # Refused where it is another rack's
        pass
    await rackfile.apply(
        desk.paths,
        folder,
        sha,
        observer=Silent(),
        now=desk.now(),
        opener=desk.opener,
        reach=reach,
        confirm=confirm,
    )


def mask_of(store: Store) -> Callable[[str], str]:
    """What takes every secret of the rack out of a text: all that the store has chosen, but for
    what is known to be none.
    """
    return masker(
        value.reveal()
        for id, values in store.all_chosen().items()
        if (kind := id.target.partition(".")[0]) not in _PLAIN
        for output, value in values.items()
        if not (kind == "gitea" and output in _NAMES)
    )


@contextmanager
def _coming(desk: Desk, folder: Path) -> Iterator[OpenRack]:
    """The rack as that folder has it."""
    with (
        desk.present() as present,
        rackfile.opened(desk.paths, folder, desk.now(), desk.opener) as house,
    ):
        if house.rack.name != present.rack.name:
            fix = "a rack keeps its name: write the one it has"
            raise Refused(f"this file is of the rack {house.rack.name!r}", fix=fix)
        yield house


def _check_inside(house: OpenRack, folder: Path) -> None:
    """Refused where an application's folder is none of the repository's."""
    root = folder.resolve()
    for each in house.rack.applications:
        lies = (root / each.folder).resolve()
        if each.folder.startswith("~") or not lies.is_relative_to(root):
            fix = "put it beside the rack file; only what is merged may name another"
            raise Refused(f"{each.name}: {each.folder} is outside of the repository", fix=fix)


def _elsewhere(present: OpenRack, wanted: Wanted) -> dict[str, str]:
    """The places that are reached otherwise than now."""
    known = present.wanted_everywhere().places
    return {
        name: _UNMERGED
        for name, place in wanted.places.items()
        if place.address and known.get(name) != place
    }
