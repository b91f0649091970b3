"""A release on a cluster by the rack itself, which grants what it asks for: the first is one.

Others need nothing of the rack (`release`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import encode
from rackhouse.app.model import App
from rackhouse.app.sources import SourceFolder
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import candidate, make
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.store.protocol import ReleaseStatus

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted


async def granting(
    house: OpenRack,
    source: SourceFolder,
    *,
    image: str,
    commit: str,
    by: str,
    observer: Observer,
    now: datetime,
) -> Deployed:
    """Make it a release with that image, and apply what the clusters have to be with it.

    FileError with every problem of its file; Refused where no cluster that joined is to have it;
    the error of the step that failed.
    """
    name = source.app.name
    with delivering(house, f"release {name}", now) as current:
        _wanted(current, with_image(candidate(current.store, source, name), image))
        made = await make(current, source, name, by=by, now=now, commit=commit)
        app, number = with_image(made.app, image), made.row.number
        store = current.store
        store.drop_release(name, number)
        store.add_release(replace(made.row, app=encode(app)))
        try:
            outcome = await current.apply(
                f"release {name} r{number}", wanted=_wanted(current, app), observer=observer
            )
            outcome.raise_for_failure()
        except RackhouseError as error:
            store.set_release_status(name, number, ReleaseStatus.FAILED, error.what)
            raise
        store.set_release_status(name, number, ReleaseStatus.LIVE)
        return Deployed(application=name, release=number)


def with_image(app: App, image: str) -> App:
    """As that image runs it."""
    assert app.release is not None
    return replace(app, release=replace(app.release, image=image))


def _wanted(house: OpenRack, app: App) -> Wanted:
    """What is wanted on clusters once the application is as it says."""
    coming = replace(house, apps={**house.apps, app.name: app})
    wanted = coming.wanted_on_clusters()
    if not any(it.owner == app.name for it in wanted.resources.values()):
        why = [str(it) for it in coming.left_out if it.application == app.name]
        raise Refused(
            why[0] if why else f"the rack file says of no cluster that {app.name} runs there",
            fix=f"write `{app.name}: {{repository: {app.name}, cluster: NAME}}` below"
            " `applications`, and have the cluster join: `rackhouse cluster add NAME`",
        )
    return wanted
