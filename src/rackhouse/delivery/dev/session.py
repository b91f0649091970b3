"""A development environment comes, follows its folder, and leaves. One of a name at a time.

Whoever works holds a lock, so that one that was killed is known by it: what it left runs on until
the next `rackhouse dev` takes it over, or the next `rackhouse up` takes it down.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.development import working_folder
from rackhouse.app.model import Runtime
from rackhouse.app.sources import SourceFolder, read_source
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import deploy
from rackhouse.delivery.dev.watch import Watch
from rackhouse.delivery.dev.working import dev_name, working
from rackhouse.delivery.releases import live
from rackhouse.delivery.remove import leave, remove
from rackhouse.kit.errors import (
    CrashLoop,
    Locked,
    Missing,
    NotReady,
    RackhouseError,
    Refused,
    StepFailed,
    Unavailable,
)
from rackhouse.store.lock import hold, is_held
from rackhouse.supervisor.client import running

if TYPE_CHECKING:
    from rackhouse.app.model import App
    from rackhouse.apply.open import OpenRack
    from rackhouse.store.protocol import Store

_SEEDED = "development-seeded"  # the setting that names ours
_UNFINISHED = (StepFailed, NotReady, CrashLoop)  # what a mistake in the code looks like
_AWAY = 20.0
_TRIES, _PAUSE = 120, 0.5  # for a lock of the rack that a push holds


@contextmanager
def developing(house: OpenRack, folder: Path) -> Iterator[str]:
    """Hold the name under which that folder is developed, for the block. Refused when somebody
    does that already, or an application that is none of ours has the name.
    """
    name = dev_name(read_source(folder).app.name)
    app, row = live(house.store, name), house.store.application(name)
    theirs = app is not None and not working_folder(app)
    if theirs or (row is not None and name not in _seeded(house.store)):
        raise Refused(
            f"there is an application {name}, or its data, which is no development environment",
            fix="give this one another name in its score.yaml",
        )
    if is_held(_lock(house, name)):
        where = working_folder(app) if app else "another terminal"
        raise Refused(f"{name} is being developed already, in {where}", fix="end that one first")
    with hold(_lock(house, name), f"dev {folder}", time.time()):
        yield name


async def develop(
    house: OpenRack, name: str, folder: Path, *, observer: Observer, say: Callable[[str], None]
) -> None:
    """Run the code of `folder`, an absolute path, as `name`, and follow what its file says, until
    it was removed.

    Programs reload by themselves. What does not start, and later whatever is wrong with the folder,
    is said, and mended by the next change. Raises what its file has wrong at the start, and
    Unavailable when the rack is taken down.
    """
    watch, source = Watch(folder), read_source(folder)
    last: SourceFolder | None = source
    try:
        await _bring(house, name, source, observer)
        say("live")
    except _UNFINISHED as error:
        say(str(error))
        last = None
    away = 0.0  # seconds without a supervisor: one that was killed is soon replaced
    while last is None or live(house.store, name) is not None:
        await asyncio.sleep(watch.pause)
        away = away + watch.pause if running(house.paths) is None else 0.0
        if away > _AWAY:
            raise Unavailable("the rack is down", fix="start it: rackhouse up --detach")
        if not watch.changes():
            continue
        try:
            source = read_source(folder)
            if last is None or (source.app, source.ground) != (last.app, last.ground):
                await _bring(house, name, source, observer)
                last = source
                say("live, as its file says now")
        except RackhouseError as error:
            say(str(error))


async def close(house: OpenRack, name: str, observer: Observer, *, purge: bool) -> None:
    """Take it down, if it is there. Its data stays for the next time, but with `purge`."""

    async def go() -> None:
        await remove(house, name, purge=purge, observer=observer, now=datetime.now(UTC))

    row = house.store.application(name)
    if row is not None and not purge and running(house.paths) is None:
        leave(house.store, name)  # the next `up` takes it down: nothing is started for that
    elif row is not None and (purge or not row.removed):
        try:
            await _patiently(go)
        except Missing:
            if not purge:  # else nothing was left of it to purge
                raise
    if purge:
        _put_seeded(house.store, name, None)


def without_left(house: OpenRack) -> OpenRack:
    """The rack without the development environments in which nobody works any more: their processes
    leave with the next plan.
    """
    left = [
        name
        for name, app in house.apps.items()
        if working_folder(app) and not is_held(_lock(house, name))
    ]
    for name in left:
        leave(house.store, name)
    return replace(house, apps={n: app for n, app in house.apps.items() if n not in left})


async def _bring(house: OpenRack, name: str, source: SourceFolder, observer: Observer) -> None:
    _need_modules(source)
    seed = not _seeded(house.store).get(name)
    _put_seeded(house.store, name, not seed)

    def adjust(app: App) -> App:
        return working(app, source.folder, source.ground.runtime, seed=seed)

    async def go() -> None:
        await deploy(
            house,
            source.folder,
            name=name,
            by=f"dev {source.folder}",
            observer=observer,
            now=datetime.now(UTC),
            force=True,
            adjust=adjust,
        )

    await _patiently(go)
    _put_seeded(house.store, name, True)


def _need_modules(source: SourceFolder) -> None:
    """Node looks for modules beside the code, and nowhere else that we could name."""
    ground = source.ground
    if ground.runtime is Runtime.NODE and ground.packages:
        modules = source.folder / "node_modules"
        if not modules.exists():
            raise Missing("its packages are not installed", where=str(modules), fix="npm install")


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Wait while a push or another command changes the rack."""
    for turn in range(_TRIES):
        try:
            await act()
        except Locked:
            if turn == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return


def _seeded(store: Store) -> Mapping[str, bool]:
    """The names that are ours, and whether the data of each was filled."""
    found: dict[str, bool] = json.loads(store.setting(_SEEDED) or "{}")
    return found


def _put_seeded(store: Store, name: str, seeded: bool | None) -> None:
    others = {key: value for key, value in _seeded(store).items() if key != name}
    more = {} if seeded is None else {name: seeded}
    store.put_setting(_SEEDED, json.dumps(others | more, sort_keys=True))


def _lock(house: OpenRack, name: str) -> Path:
    return house.paths.root / "dev" / f"{name}.lock"
