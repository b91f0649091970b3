"""`promote`: what one application serves goes live as another, with the other's own settings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.development import working_folder
from rackhouse.app.model import App, Release
from rackhouse.app.sources import SCORE, read_source
from rackhouse.apply.moved import moved
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed, bring
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import carry, live, live_folder, overrides
from rackhouse.delivery.variables import without_overrides
from rackhouse.kit.errors import Refused, UsageError
from rackhouse.kit.text import is_name
from rackhouse.store.forge import AuditRow, Forge

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


async def promote(
    house: OpenRack,
    forge: Forge,
    source: str,
    target: str | None = None,
    *,
    by: str,
    observer: Observer,
    now: datetime,
) -> Deployed:
    """Release the files and dependencies that `source` serves as `target`; None: as that which it
    is a preview of. Variables, secrets, data and host names are the target's own.

    Missing when nothing is live there, UsageError when no target is known, Refused when the target
    comes from elsewhere. When the new release does not become ready the old one serves on.
    """
    _check_there(house, source)
    live_folder(house, source)  # Missing
    target = target or _parent(forge, source)
    _check(house, source, target)
    with delivering(house, f"promote {source} to {target}", now) as current:
        folder = live_folder(current, source)
        built, serving = live(current.store, source), live(current.store, target)
        assert built is not None
        assert built.release is not None
        _check_image(current, built.release, source, target)
        if serving and serving.release and serving.release.digest == built.release.digest:
            return Deployed(application=target, release=serving.release.number, changed=False)
        said = _said(built, folder)
        if said.expired(now.date()):
            raise Refused(f"{source} expired on {said.expires}")
        what = f"{source} {built.release.tag}"
        values = overrides(current.store, target)
        words = f"promote {what} by {by}"
        made = carry(current, built, said, target, by=words, now=now, values=values)
        done = await bring(current, made, "promote", observer=observer)
    thing, detail = f"application/{target}", f"{what} as r{done.release}"
    forge.note(AuditRow(at=now.timestamp(), who=by, what="promoted", thing=thing, detail=detail))
    return done


def _said(built: App, folder: Path) -> App:
    """The application as its file has it. A preview's differs from that in what only a file says,
    so that it is read again where there is one.
    """
    return read_source(folder).app if (folder / SCORE).exists() else without_overrides(built)


def _parent(forge: Forge, source: str) -> str:
    for row in forge.previews():
        if row.application == source:
            return row.parent
    raise UsageError(
        f"{source} is not a preview", fix=f"say where to: rackhouse promote {source} --to NAME"
    )


def _check_there(house: OpenRack, source: str) -> None:
    """A preview on a cluster is none of the store's: it comes and goes with its branch."""
    parent = source.rpartition("--")[2]
    cluster = moved(house.store).get(parent)
    if parent != source and cluster and live(house.store, source) is None:
        what = f"{source} is a preview on the cluster {cluster}, which no command makes live here"
        raise Refused(what, fix=f"merge its branch: that push releases {parent}")


def _check_image(house: OpenRack, release: Release, source: str, target: str) -> None:
    """What a registry has of one application is no other's to run: each job may write its own."""
    from rackhouse.desired.kube.images import repository

    own = repository(house.rack, target)
    if release.image and not release.image.startswith(f"{own}@"):
        what = f"what {source} serves was built as {release.image}, and {target} runs {own} alone"
        raise Refused(what, fix=f"push that commit to the repository of {target}")


def _check(house: OpenRack, source: str, target: str) -> None:
    app = live(house.store, source)
    if app is not None and (folder := working_folder(app)):
        raise Refused(
            f"{source} is what is being written in {folder}, and no release",
            fix="push it, or deploy that folder",
        )
    if not is_name(target) or target == source:
        raise UsageError(
            f"{source} cannot be promoted to {target!r}", fix="name another application"
        )
    for application in house.rack.applications:
        origin = application.folder or application.service
        if application.name == target and origin:
            raise Refused(
                f"the rack file says that {target} comes from {origin}",
                fix="the next `up` would take it back: deploy it from there, or name another",
            )
