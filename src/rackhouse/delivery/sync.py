"""`sync`: the applications that the rack file names by folder are what their folders say."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.model import App
from rackhouse.app.sources import read_source
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.live import Arrived, go_live
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import is_live, make
from rackhouse.delivery.remove import remove
from rackhouse.kit.errors import Missing

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

_FROM_FILE = "applications-of-the-file"


async def sync(house: OpenRack, *, observer: Observer, now: datetime) -> Arrived:
    """Deploy those whose source has changed, all at once; take down those no longer named.

    Data stays. Raises FileError when an application's file is wrong, before anything is changed.
    """
    named = {a.name: _folder(house, a.folder) for a in house.rack.applications if a.folder}
    before: list[str] = json.loads(house.store.setting(_FROM_FILE) or "[]")
    sources = {name: read_source(folder) for name, folder in named.items()}
    house.store.put_setting(_FROM_FILE, json.dumps(sorted({*before, *named})))
    with delivering(house.paths, "up", now):
        made: dict[str, App] = {}
        for name, source in sources.items():
            if not is_live(house.store, source, name):
                made[name] = (await make(house, source, name, by="rack file", now=now)).app
        arrived = Arrived(live={}, failed={})
        if made:
            what = "up: " + ", ".join(f"{n} {a.release.tag}" for n, a in made.items() if a.release)
            arrived = await go_live(house, made, what=what, observer=observer)
    for name in before:
        row = house.store.application(name)
        if name not in named and row is not None and not row.removed:
            await remove(house, name, purge=False, observer=observer, now=now)
    house.store.put_setting(_FROM_FILE, json.dumps(sorted(named)))
    return arrived


def _folder(house: OpenRack, folder: str) -> Path:
    """The folder, relative to the rack file."""
    base = house.file.absolute().parent if house.file else Path()
    path = base / Path(folder).expanduser()
    if not path.is_dir():
        raise Missing(
            f"there is no folder {folder}",
            where=str(house.file or ""),
            fix="mend `folder:` of that application, relative to the rack file",
        )
    return path
