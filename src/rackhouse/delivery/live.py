"""`go_live`: the one way to change which releases run.

The new releases are planned beside all that is live. Each becomes LIVE in the store as soon as all
that is its own is there, its route last: then it is reached, and before the old one is drained. The
others become FAILED, and a second plan without them removes what they left, while the old ones
serve on. Killed before the store says LIVE, a release is dropped: the next plan removes what is
half made, the next `go_live` of its application marks it FAILED, and deploying again finds its
dependencies installed already. Killed after it, the next plan removes the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rackhouse.app.model import App
from rackhouse.apply.outcome import Observer, Outcome
from rackhouse.delivery.promoter import Promoter
from rackhouse.delivery.releases import prune, sweep
from rackhouse.kit.errors import RackhouseError, StepFailed
from rackhouse.kit.text import plural
from rackhouse.resources.core import Id
from rackhouse.store.protocol import ReleaseStatus, Store

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted


Undo = Callable[[], None]


def nothing() -> None:
    """There is nothing to undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Which of the releases are live now, and why each of the others is not."""

    live: Mapping[str, App]
    failed: Mapping[str, RackhouseError]

    def raise_for_failure(self) -> None:
        """Raise the one failure, or StepFailed that lists several."""
        if len(self.failed) == 1:
            raise next(iter(self.failed.values()))
        if self.failed:
            lines = "\n".join(f"  {name}: {error.what}" for name, error in self.failed.items())
            raise StepFailed(
                f"{plural(len(self.failed), 'application')} did not become ready:\n{lines}",
                fix="see `rackhouse logs` of each; what served before serves on",
            )


async def go_live(
    house: OpenRack,
    releases: Mapping[str, App],
    *,
    what: str,
    observer: Observer,
    adopt: bool = False,
    undo: Undo = nothing,
) -> Arrived:
    """Make these releases the running ones. `adopt`: take over data of an earlier application.
    `undo` is called when one fails, before the old ones are planned for again. What went live stays
    so, whatever befalls afterwards.

    Errors of the files (FileError, Refused) are raised before anything has changed, and the new
    releases are then FAILED.
    """
    store = house.store
    drop_interrupted(store, releases)
    for name, number in _numbers(releases):
        prune(store, name, number)
    promoted: set[str] = set()
    try:
        house.check_side(releases)
        wanted = house.wanted(releases)
        adopted = _kept(wanted, releases) if adopt else ()
        promoter = Promoter(store, wanted, releases, observer, promoted)
        outcome = await house.apply(what, wanted=wanted, observer=promoter, adopt=adopted)
    except RackhouseError as error:
        left = releases.keys() - promoted
        _mark_failed(store, dict.fromkeys(left, error), releases)
        if left:
            undo()
        raise
    arrived = _judged(releases, wanted, outcome, promoted)
    for name, number in _numbers(arrived.live):
        store.set_release_status(name, number, ReleaseStatus.LIVE)
    if arrived.failed:
        _mark_failed(store, arrived.failed, releases)
        undo()
        with suppress(RackhouseError):  # what it cannot remove now leaves with the next plan
            cleanup = house.wanted(arrived.live)
            await house.apply(f"{what}: clean up", wanted=cleanup, observer=observer)
    for name in releases:
        sweep(store, house.paths.releases / name, {ReleaseStatus.LIVE, ReleaseStatus.OLD})
    return arrived


def drop_interrupted(store: Store, releases: Mapping[str, App]) -> None:
    """Mark as FAILED what an earlier run left NEW, but for these releases themselves."""
    for name, number in _numbers(releases):
        for row in store.releases(name):
            if row.status is ReleaseStatus.NEW and row.number != number:
                store.set_release_status(name, row.number, ReleaseStatus.FAILED)


def _mark_failed(
    store: Store, failed: Mapping[str, RackhouseError], releases: Mapping[str, App]
) -> None:
    """But what served once can be gone back to again."""
    for name, number in _numbers({name: releases[name] for name in failed}):
        for row in store.releases(name):
            if row.number == number and row.status is ReleaseStatus.NEW:
                why = failed[name].what
                store.set_release_status(name, number, ReleaseStatus.FAILED, why)


def _numbers(releases: Mapping[str, App]) -> list[tuple[str, int]]:
    return [(name, app.release.number) for name, app in releases.items() if app.release]


def _judged(
    releases: Mapping[str, App], wanted: Wanted, outcome: Outcome, promoted: Collection[str]
) -> Arrived:
    """What was promoted is live, though something of the old one may not have left."""
    open_ = {name: app for name, app in releases.items() if name not in promoted}
    found = {name: failure(name, app, wanted, outcome) for name, app in open_.items()}
    failed = {name: error for name, error in found.items() if error is not None}
    live = {name: app for name, app in releases.items() if name not in failed}
    return Arrived(live=live, failed=failed)


def failure(name: str, app: App, wanted: Wanted, outcome: Outcome) -> RackhouseError | None:
    """Why the release does not serve: the error of one of its things, or of what they need."""
    mine = [id for id, resource in wanted.resources.items() if resource.owner == name]
    waiting = {line.removeprefix("? ").partition(": ")[0]: line for line in outcome.left}
    for id in mine:
        if line := waiting.get(str(id)) or waiting.get(id.target):
            return StepFailed(f"not all of {name} could be made:\n  {line}")
    if all(outcome.succeeded(id) for id in mine):
        return None
    for id in _with_providers(mine, wanted):
        if id in outcome.failed:
            return outcome.failed[id]
    tag = app.release.tag if app.release else ""
    return StepFailed(
        f"{name} {tag} could not be made: something that it needs failed",
        fix="run the command again when `rackhouse status` shows the parts ready",
    )


def _with_providers(ids: list[Id], wanted: Wanted) -> list[Id]:
    """The ids, then all that they stand on."""
    found, queue = dict.fromkeys(ids), list(ids)
    while queue:
        for need in sorted(wanted.resources[queue.pop()].before):
            if need not in found:
                found[need] = None
                queue.append(need)
    return list(found)


def _kept(wanted: Wanted, releases: Mapping[str, App]) -> list[Id]:
    return [id for id, r in wanted.resources.items() if r.keep and r.owner in releases]
