"""`sync`: the applications that the rack file names by folder are what their folders say."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.model import App
from rackhouse.app.sources import SourceFolder, read_source
from rackhouse.apply.open import FROM_FILE
from rackhouse.apply.outcome import Observer
from rackhouse.delivery import services
from rackhouse.delivery.live import Arrived, go_live
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import candidate, is_live, make, register
from rackhouse.delivery.remove import remove
from rackhouse.kit.errors import FileError, Missing, Problem, Refused
from rackhouse.rack.model import Application
from rackhouse.rack.words import SERVICES

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted


def judge(house: OpenRack) -> None:
    """Raise all that is wrong with the applications of the rack file, before anything is begun."""
    sources = in_folders(house)
    gone = SERVICES.intersection(_gone(house, sources))  # whoever still asks them is told so now
    house.wanted({n: candidate(house.store, s, n) for n, s in sources.items()}, without=gone)


def coming(house: OpenRack, now: datetime, *, everywhere: bool = False) -> Wanted:
    """All that will be wanted once `sync` has been: for a plan that shows it beforehand. Raises
    what is wrong with an application's file. `everywhere`: on machines and clusters too.
    """
    store = house.store
    sources = {n: s for n, s in in_folders(house).items() if not s.app.expired(now.date())}
    gone = _gone(house, sources)
    changed = {n: s for n, s in sources.items() if not is_live(store, s, n)}
    wanted = house.wanted_everywhere if everywhere else house.wanted
    return wanted({n: candidate(store, s, n) for n, s in changed.items()}, without=gone)


async def sync(house: OpenRack, *, observer: Observer, now: datetime) -> Arrived:
    """Deploy those whose source has changed, all at once; take down those no longer named.

    Those that have expired count as not named. Data stays. Raises FileError when an application's
    file is wrong, before anything is changed; at the end the error of those that did not become
    ready, of which the old releases serve on.
    """
    store = house.store
    found = in_folders(house)
    sources = {n: s for n, s in found.items() if not s.app.expired(now.date())}
    for name in found.keys() - sources.keys():
        if store.application(name) is None:  # it had expired before it was ever here
            store.put_application(replace(register(store, name), removed=True))
    before: list[str] = json.loads(store.setting(FROM_FILE) or "[]")
    store.put_setting(FROM_FILE, json.dumps(sorted({*before, *sources})))
    with delivering(house, "up", now) as current:
        made: dict[str, App] = {}
        for name, source in sources.items():
            if not is_live(store, source, name) and _can_go(current, source, name):
                made[name] = (await make(current, source, name, by="rack file", now=now)).app
        arrived = Arrived(live={}, failed={})
        if made:
            what = "up: " + ", ".join(f"{n} {a.release.tag}" for n, a in made.items() if a.release)
            arrived = await go_live(current, made, what=what, observer=observer)
    for name in before:
        row = store.application(name)
        if name not in sources and row is not None and not row.removed:
            await remove(house, name, purge=False, observer=observer, now=now)
    store.put_setting(FROM_FILE, json.dumps(sorted(sources)))
    arrived.raise_for_failure()
    return arrived


def _gone(house: OpenRack, sources: Collection[str]) -> list[str]:
    """The applications that the file named and names no more."""
    before: list[str] = json.loads(house.store.setting(FROM_FILE) or "[]")
    return [name for name in before if name not in sources]


def _can_go(house: OpenRack, source: SourceFolder, name: str) -> bool:
    """Whether a release of it can be where the application is: on a cluster, what is built from
    source comes by a push, and what the folder says waits for that.
    """
    try:
        house.check_side({name: candidate(house.store, source, name)})
    except Refused:
        return False
    return True


def in_folders(house: OpenRack) -> dict[str, SourceFolder]:
    """The applications of the rack file that have a folder, a service's own among them. Every
    problem of all, at once: Missing when it is a folder that is not there, FileError when there is
    more.
    """
    found: dict[str, SourceFolder] = {}
    wrong: list[FileError | Missing] = []
    for application in house.rack.applications:
        if application.folder or application.service in SERVICES:
            try:
                found[application.name] = read_source(_folder(house, application))
            except (FileError, Missing) as error:
                wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise FileError("the applications' files", [it for error in wrong for it in _of(error)])
    return found


def _of(error: FileError | Missing) -> list[Problem]:
    """Its problems, each with the file that it is about."""
    if isinstance(error, FileError):
        return [_under(error.where, problem) for problem in error.problems]
    problem = Problem(line=0, rule="no-folder", path="", what=error.what, fix=error.fix)
    return [_under(error.where, problem)]


def _under(file: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{file} {problem.path}".rstrip())


def _folder(house: OpenRack, application: Application) -> Path:
    """The folder, relative to the rack file; of a service, the one that comes with Rackhouse."""
    if application.service:
        return services.folder_of(house.paths, application.service)
    base = house.file.absolute().parent if house.file else Path()
    with suppress(RuntimeError):  # `~` of somebody whom this machine does not know
        path = base / Path(application.folder).expanduser()
        if path.is_dir():
            return path
    raise Missing(
        f"there is no folder {application.folder}",
        where=str(house.file or ""),
        fix=f"mend `folder:` of {application.name}, relative to the rack file",
    )
