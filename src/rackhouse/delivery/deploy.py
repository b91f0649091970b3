"""`deploy`: a folder goes live. The old release serves until the new one answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.sources import SourceFolder, read_source
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.live import go_live
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import is_live, live, make
from rackhouse.kit.errors import Refused
from rackhouse.kit.text import is_name

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


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
) -> Deployed:
    """Make a release of `folder` and bring it live.

    FileError with every problem of its file; the error of the step that failed when the new release
    does not become ready, in which case the old one serves on.
    """
    source = _named(read_source(folder), name)
    name = source.app.name
    with delivering(house.paths, f"deploy {name}", now):
        if not force and is_live(house.store, source, name):
            app = live(house.store, name)
            assert app is not None
            assert app.release is not None
            return Deployed(application=name, release=app.release.number, changed=False)
        made = await make(house, source, name, by=by, now=now)
        what = f"deploy {name} r{made.row.number}"
        arrived = await go_live(house, {name: made.app}, what=what, observer=observer, adopt=adopt)
    arrived.raise_for_failure()
    return Deployed(application=name, release=made.row.number)


def _named(source: SourceFolder, name: str | None) -> SourceFolder:
    if name is None:
        return source
    if not is_name(name):
        raise Refused(
            f"{name!r} cannot name an application",
            fix="use 1 to 40 of a-z, 0-9 and -, beginning with a letter",
        )
    return replace(source, app=replace(source.app, name=name))
