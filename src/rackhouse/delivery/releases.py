"""Releases as the store remembers them: making one from a folder, keeping a few to go back to."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.codec import decode, encode
from rackhouse.app.model import App, Release, Runtime
from rackhouse.app.snapshot import digest, snapshot
from rackhouse.app.sources import SourceFolder, release_of
from rackhouse.delivery.pinning import pin
from rackhouse.delivery.variables import kept_overrides, with_overrides, without_overrides
from rackhouse.kit.errors import Missing
from rackhouse.kit.files import write_atomic
from rackhouse.kit.text import did_you_mean
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus, Store

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

KEEP = 5  # releases that once served and can be gone back to


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A release that is to go live. `app.release` is it."""

    app: App
    row: ReleaseRow


async def make(
    house: OpenRack, source: SourceFolder, name: str, *, by: str, now: datetime, commit: str = ""
) -> Made:
    """Take a snapshot of the source, pin its dependencies, remember it as the next release.

    Killed half way, it leaves a folder that the next call sweeps, and a gap in the numbers.
    """
    row, folder = _next(house, name, by, now)
    content = snapshot(source.folder, folder)
    earlier = _with_packages(house, name, source.ground.packages)
    await pin(folder, source.ground, source.app.package, earlier)
    release = release_of(source, row.number, content)
    said = with_overrides(source.app, overrides(house.store, name))
    return _remember(house.store, row, said, replace(release, snapshot=_place(row), commit=commit))


def candidate(store: Store, source: SourceFolder, name: str) -> App:
    """The application as its next release will be: to be judged before that is made."""
    row, releases = store.application(name), store.releases(name)
    release = release_of(source, releases[-1].number + 1 if releases else 1)
    said = with_overrides(source.app, overrides(store, name))
    return replace(said, name=name, uid=row.uid if row else "", release=release)


def remake(
    house: OpenRack,
    name: str,
    *,
    by: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> Made:
    """The next release, of what is live already, with the secrets of now, and with these `values`
    set over its file (None: those that are set already).

    It has the same files and dependencies, and is still the release of the same source. Missing
    when nothing is live.
    """
    values = overrides(house.store, name) if values is None else values
    live_folder(house, name)  # Missing
    app = live(house.store, name)
    assert app is not None
    return carry(house, app, without_overrides(app), name, by=by, now=now, values=values)


def carry(
    house: OpenRack,
    built: App,
    said: App,
    name: str,
    *,
    by: str,
    now: datetime,
    values: Mapping[str, str],
) -> Made:
    """The next release of `name`, of the files and dependencies that the release of `built` has.
    `said` is the application as its file has it, over which `values` are set. What was released on
    a cluster has its files in a registry alone: then there are none to copy.
    """
    assert built.release is not None
    folder = house.paths.root / built.release.snapshot
    row, new = _next(house, name, by, now)
    elsewhere = built.release.image or built.release.runtime is Runtime.IMAGE
    if folder.is_dir() or not elsewhere:
        _copy(folder, new, built.release.manifest)
    release = replace(built.release, number=row.number, snapshot=_place(row))
    return _remember(house.store, row, with_overrides(said, values), release)


def _copy(folder: Path, new: Path, manifest: str) -> None:
    snapshot(folder, new)
    if manifest and not (new / manifest).exists():  # the source ignores it
        write_atomic(new / manifest, (folder / manifest).read_bytes())


def _next(house: OpenRack, name: str, by: str, now: datetime) -> tuple[ReleaseRow, Path]:
    """The next release with its number taken, and the folder for its snapshot."""
    store, folder = house.store, house.paths.releases / name
    register(store, name)
    sweep(store, folder, set(ReleaseStatus))  # what is half made may run: it leaves with a plan
    blank = ReleaseRow(
        application=name,
        number=0,
        status=ReleaseStatus.NEW,
        digest="",
        app="",
        made=now.timestamp(),
        by=by,
    )
    row = store.add_release(blank)  # taken: nobody else gets it
    store.drop_release(name, row.number)
    return row, folder / f"r{row.number}"


def _with_packages(house: OpenRack, name: str, packages: str) -> list[Path]:
    """The snapshots of releases that have these very dependencies, the newest first."""
    releases = [decode(row.app).release for row in reversed(house.store.releases(name))]
    same = [release for release in releases if release and release.packages == packages]
    return [house.paths.root / release.snapshot for release in same]


def _place(row: ReleaseRow) -> str:
    return f"releases/{row.application}/r{row.number}"


def _remember(store: Store, row: ReleaseRow, said: App, release: Release) -> Made:
    name = row.application
    app = replace(said, name=name, uid=register(store, name).uid, release=release)
    row = replace(row, digest=release.digest, app=encode(app))
    return Made(app=app, row=store.add_release(row))


def sweep(store: Store, folder: Path, of: Collection[ReleaseStatus]) -> None:
    """Delete the snapshots in an application's folder but for those `of` these releases."""
    known = {f"r{row.number}" for row in store.releases(folder.name) if row.status in of}
    for left in folder.glob("*") if folder.is_dir() else ():
        if left.name not in known:
            shutil.rmtree(left, ignore_errors=True)  # what is left of it goes the next time


def register(store: Store, name: str) -> ApplicationRow:
    """The application of that name, made or brought back: data that was kept is its own again."""
    row = store.application(name) or ApplicationRow(name=name, uid=secrets.token_hex(8))
    row = replace(row, removed=False)
    store.put_application(row)
    return row


def live(store: Store, name: str) -> App | None:
    """The application as its live release has it; None when none is live."""
    rows = store.releases(name)
    row = next((row for row in rows if row.status is ReleaseStatus.LIVE), None)
    return decode(row.app) if row else None


def overrides(store: Store, name: str) -> Mapping[str, str]:
    """The variables that a person set over the file of what is live, or was before it left."""
    app = live(store, name)
    return dict(app.overrides) if app else kept_overrides(store, name)


def live_folder(house: OpenRack, name: str) -> Path:
    """The snapshot of the live release. Missing when there is none."""
    app = live(house.store, name)
    if app is None or app.release is None:
        known = [row.name for row in house.store.applications() if not row.removed]
        raise Missing(
            f"there is no live application {name!r}.{did_you_mean(name, known)}",
            fix="see `rackhouse status`; `rackhouse deploy FOLDER` makes one",
        )
    return house.paths.root / app.release.snapshot


def is_live(store: Store, source: SourceFolder, name: str) -> bool:
    """Whether the live release is made of this very source."""
    app = live(store, name)
    return (
        app is not None and app.release is not None and app.release.digest == digest(source.folder)
    )


def prune(store: Store, name: str, coming: int) -> None:
    """Forget what need not be gone back to once `coming` is live and the live release an old one.
    The plan that follows removes its files.
    """
    rows = [row for row in store.releases(name) if row.number != coming]
    live_too = sum(row.status is ReleaseStatus.LIVE for row in rows)
    for status, keep in ((ReleaseStatus.OLD, KEEP - live_too), (ReleaseStatus.FAILED, KEEP)):
        for row in [row for row in rows if row.status is status][:-keep]:
            store.drop_release(name, row.number)
