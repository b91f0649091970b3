"""The rack as a repository: the repository `rack` holds rack.yaml. A branch is answered with the
plan, the default branch is applied, with the same lock and the same journal as by hand.

What is applied is a copy of the commit, to which `rack/current` leads, and the rack remembers it as
its file: a later `rackhouse up` without a file goes on with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.snapshot import snapshot
from rackhouse.apply.open import RACK_FILE, always, open_rack
from rackhouse.delivery.repositories.rack import FILE
from rackhouse.delivery.sync import coming, judge, sync
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.kit.paths import Paths

if TYPE_CHECKING:
    from rackhouse.apply.converge import Confirm
    from rackhouse.apply.open import OpenRack
    from rackhouse.apply.outcome import Observer
    from rackhouse.plan.step import Plan

KEEP = 5  # commits that were applied

Open = Callable[..., "OpenRack"]  # as `open_rack`
Reach = Callable[["OpenRack"], Awaitable["OpenRack"]]


async def plan(paths: Paths, checkout: Path, now: datetime) -> Plan:
    """What applying the checkout would do, its applications included. Changes nothing."""
    with opened(paths, checkout, now) as house:
        return await house.plan(coming(house, now))


async def apply(
    paths: Paths,
    checkout: Path,
    sha: str,
    *,
    observer: Observer,
    now: datetime,
    opener: Open = open_rack,
    reach: Reach | None = None,
    confirm: Confirm = always,
) -> None:
    """Make the rack what the checkout says. Raises as `apply` and `sync`, and Refused where
    `confirm` does not agree; `up` then goes on with the file that was before.

    It is about this machine; about the others and the clusters too, once they are in `reach`.
    """
    kept = paths.root / "rack" / sha[:12]
    if not kept.is_dir():
        snapshot(checkout, kept)
    with opened(paths, kept, now, opener) as house:
        judge(house)
    current = paths.root / "rack" / "current"  # always the same, so that nobody is told anew
    before = _point(current, kept)
    with opened(paths, current, now, opener) as found:
        said = found.store.setting(RACK_FILE)
        found.store.put_setting(RACK_FILE, str(current / FILE))
        try:
            house = await reach(found) if reach else found
            wanted = house.wanted_everywhere() if reach else house.wanted()
            outcome = await house.apply(
                f"push rack {sha[:7]}", wanted=wanted, confirm=confirm, observer=observer
            )
            if outcome.declined is not None:
                raise _declined(outcome.declined)
            outcome.raise_for_failure()
            await sync(house, observer=observer, now=now)
        except RackhouseError:
            if before is not None:
                _point(current, before)
            found.store.put_setting(RACK_FILE, said or "")
            raise
    _prune(paths.root / "rack", {kept, before})


def _declined(plan: Plan) -> Refused:
    removals = ", ".join(sorted(map(str, plan.removals)))
    fix = "the next plan shows it"
    return Refused(f"it would remove what nobody was shown: {removals}", fix=fix)


def _point(link: Path, to: Path) -> Path | None:
    """Have the link lead there, at once; answers where it led before."""
    before = link.resolve() if link.is_symlink() else None
    draft = link.with_name(".current")
    draft.unlink(missing_ok=True)
    draft.symlink_to(to.name)
    draft.replace(link)
    return before


@contextmanager
def opened(
    paths: Paths, folder: Path, now: datetime, opener: Open = open_rack
) -> Iterator[OpenRack]:
    """The rack as that folder's file has it. Refused where it is another rack's."""
    house = opener(folder / FILE, root=paths.root, now=now)
    try:
        if house.rack.name != _name_now(paths, house, now):
            raise Refused(
                f"this file is of the rack {house.rack.name!r}",
                fix="a rack keeps its name: write the one it has",
            )
        yield house
    finally:
        house.close()


def _name_now(paths: Paths, house: OpenRack, now: datetime) -> str:
    """The name of the rack as its present file has it; that of the new one where it has none."""
    if not house.store.setting(RACK_FILE):
        return house.rack.name
    present = open_rack(None, root=paths.root, now=now)
    try:
        return present.rack.name
    finally:
        present.close()


def _prune(folder: Path, used: set[Path | None]) -> None:
    there = [p for p in folder.iterdir() if p not in used and not p.is_symlink()]
    for old in sorted(there, key=lambda p: p.stat().st_mtime)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
