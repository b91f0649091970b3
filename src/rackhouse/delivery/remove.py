"""`remove`: an application leaves. Its data stays until it is purged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.apply.outcome import Observer
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import overrides
from rackhouse.delivery.variables import keep_overrides, kept_overrides
from rackhouse.kit.errors import Missing, Unavailable
from rackhouse.kit.text import did_you_mean, plural
from rackhouse.resources.core import Id
from rackhouse.targets.vault.by_hand import given

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted
    from rackhouse.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What is left: kept data, or what was purged."""

    application: str
    purged: bool
    data: int  # things that hold data

    def __str__(self) -> str:
        if self.purged:
            return f"{self.application} and all of its data are gone"
        if not self.data:
            return f"{self.application} is gone; it had no data"
        return (
            f"{self.application} is gone; {plural(self.data, 'thing')} with its data stay"
            f" (remove them with `rackhouse remove {self.application} --purge`)"
        )


async def remove(
    house: OpenRack, application: str, *, purge: bool, observer: Observer, now: datetime
) -> Removed:
    """Take the application down; with `purge`, delete its data too. Missing when there is none, or
    nothing is left of it to purge.
    """
    row = house.store.application(application)
    if row is None or (row.removed and not purge):
        raise _missing(house, application)
    with delivering(house, f"remove {application}", now) as current:
        wanted = current.wanted(without=(application,))
        kept = await _data(current, wanted, application, purge=purge)
        if row.removed and not kept and not _remembered(current, application):
            current.store.drop_application(application)
            raise _missing(current, application)
        filled = sum(not _is_empty_home(current, id) for id in kept)
        leave(current.store, application)
        outcome = await current.apply(
            f"remove {application}",
            wanted=wanted,
            observer=observer,
            purge=kept if purge else (),
        )
        outcome.raise_for_failure()
        if purge:
            _forget(current, application)
    return Removed(application=application, purged=purge, data=filled)


def leave(store: Store, application: str) -> None:
    """Note that it has left: the next plan takes it down. Its snapshots leave with it, so there is
    no release to go back to; what a person set over its file is kept.
    """
    row = store.application(application)
    if row is not None and not row.removed:
        keep_overrides(store, application, overrides(store, application))
    for release in store.releases(application):
        store.drop_release(application, release.number)
    if row is not None:
        store.put_application(replace(row, removed=True))


def _missing(house: OpenRack, application: str) -> Missing:
    known = [other.name for other in house.store.applications() if not other.removed]
    return Missing(
        f"there is no application {application!r}.{did_you_mean(application, known)}",
        fix="see `rackhouse status`",
    )


async def _data(house: OpenRack, wanted: Wanted, application: str, *, purge: bool) -> frozenset[Id]:
    """The application's things that hold data. Unavailable when not all can be seen and purged."""
    async with house.world(wanted) as world:
        observed = await world.look()
    unseen = sorted({*observed.later, *observed.blind})
    if purge and unseen:
        raise Unavailable(
            f"nothing was purged: {', '.join(unseen)} cannot be looked at just now",
            fix="bring it back (`rackhouse up`, `rackhouse cluster list`), then purge again",
        )
    return frozenset(
        id
        for id, thing in observed.seen.items()
        if thing.stamp is not None and thing.stamp.owner == application and thing.stamp.keep
    )


def _is_empty_home(house: OpenRack, id: Id) -> bool:
    """Whether it is the folder that every application is given as its HOME, and never used."""
    home = house.paths.root / "homes" / id.name
    return id.kind == "folder" and home.is_dir() and not any(home.iterdir())


def _remembered(house: OpenRack, application: str) -> bool:
    """Whether a secret or a variable of it is still remembered."""
    secrets = (name for name in given(house.store) if name.startswith(f"{application}."))
    return any(secrets) or bool(kept_overrides(house.store, application))


def _forget(house: OpenRack, application: str) -> None:
    """What is left of a purged application: its row, variables and secrets."""
    keep_overrides(house.store, application, {})
    for name in given(house.store):
        if name.startswith(f"{application}."):
            house.store.forget(Id("vault", "given", name))
            house.store.drop_stamp(Id("vault", "given", name))
    house.store.drop_application(application)
