"""`deploy`: a folder goes live. The old release serves until the new one answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.model import App
from rackhouse.app.sources import SourceFolder, read_source
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.expiry import check_expiry
from rackhouse.delivery.live import Undo, go_live, nothing
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import Made, candidate, is_live, live, make
from rackhouse.kit.errors import Refused
from rackhouse.kit.text import is_name

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def as_it_is(app: App) -> App:
    """The application as its file has it."""
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What runs now. `changed` false: the source was live already."""

    application: str
    release: int
    changed: bool = True

    def __str__(self) -> str:
        if not self.changed:
            return f"{self.application} r{self.release} is live already; --force deploys it anew"
        return f"{self.application} r{self.release} is live"


async def deploy(
    house: OpenRack,
    folder: Path,
    *,
    name: str | None = None,
    by: str,
    observer: Observer,
    now: datetime,
    force: bool = False,
    adopt: bool = False,
    commit: str = "",
    adjust: Callable[[App], App] = as_it_is,
) -> Deployed:
    """Make a release of `folder`, which is at that `commit`, and bring it live. `adjust` changes
    what its file says, for a preview.

    FileError with every problem of its file, Refused when it has expired; the error of the step
    that failed when the new release does not become ready, in which case the old one serves on.
    """
    source = _named(read_source(folder), name)
    source = replace(source, app=adjust(source.app))
    name = source.app.name
    check_expiry(source.app, now.date())
    with delivering(house, f"deploy {name}", now) as current:
        if not force and is_live(current.store, source, name):
            app = live(current.store, name)
            assert app is not None
            assert app.release is not None
            await _finish(current, name, observer)
            return Deployed(application=name, release=app.release.number, changed=False)
        next_one = {name: candidate(current.store, source, name)}
        current.check_side(next_one)  # raises what is wrong, as does:
        current.wanted(next_one)
        made = await make(current, source, name, by=by, now=now, commit=commit)
        return await bring(current, made, "deploy", observer=observer, adopt=adopt)


async def _finish(house: OpenRack, name: str, observer: Observer) -> None:
    """Have done what an apply that was killed began, if the last one was: it may have been killed
    between the new release's first answer and the old one's end.
    """
    last = next(iter(house.store.journal(1)), None)
    if last is not None and last.ended is None:
        await house.apply(f"deploy {name}", observer=observer)


async def bring(
    house: OpenRack,
    made: Made,
    verb: str,
    *,
    observer: Observer,
    adopt: bool = False,
    undo: Undo = nothing,
) -> Deployed:
    """Bring one release live, or raise why it is not."""
    name, number = made.row.application, made.row.number
    what = f"{verb} {name} r{number}"
    arrived = await go_live(
        house, {name: made.app}, what=what, observer=observer, adopt=adopt, undo=undo
    )
    arrived.raise_for_failure()
    return Deployed(application=name, release=number)


def _named(source: SourceFolder, name: str | None) -> SourceFolder:
    if name is None:
        return source
    if not is_name(name):
        raise Refused(
            f"{name!r} cannot name an application",
            fix="use 1 to 40 of a-z, 0-9 and -, beginning with a letter",
        )
    return replace(source, app=replace(source.app, name=name))
