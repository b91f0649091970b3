"""A release on a cluster by the rack itself, which grants what it asks for: the first is one.

Others need nothing of the rack (`release`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import encode
from rackhouse.app.model import App
from rackhouse.app.sources import SourceFolder
from rackhouse.apply.clusters import joined, runs_on
from rackhouse.apply.moved import moved, note
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.live import failure
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.onrack.judge import check_image
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
    """Make it a release with that image, and apply what its cluster has to be with it.

    FileError with every problem of its file; Refused where no cluster that joined is to have it, or
    the image is not of the rack's registry; the error of the step that failed. What befalls other
    applications there is theirs.
    """
    name = source.app.name
    with delivering(house, f"release {name}", now) as current:
        coming = with_image(candidate(current.store, source, name), image)
        check_image(current.rack, coming)
        _wanted(current, coming)
        made = await make(current, source, name, by=by, now=now, commit=commit)
        app, number = with_image(made.app, image), made.row.number
        store = current.store
        store.drop_release(name, number)
        store.add_release(replace(made.row, app=encode(app)))
        try:
            wanted = _wanted(current, app)
            what = f"release {name} r{number}"
            outcome = await current.apply(what, wanted=wanted, observer=observer)
            if error := failure(name, app, wanted, outcome):
                raise error
        except RackhouseError as error:
            store.set_release_status(name, number, ReleaseStatus.FAILED, error.what)
            raise
        store.set_release_status(name, number, ReleaseStatus.LIVE)
        brought = {it: at for it, at in runs_on(wanted, joined(store)).items() if it == name}
        note(store, {**moved(store), **brought})  # whatever became of the others there
        return Deployed(application=name, release=number)


def with_image(app: App, image: str) -> App:
    """As that image runs it."""
    assert app.release is not None
    return replace(app, release=replace(app.release, image=image))


def _wanted(house: OpenRack, app: App) -> Wanted:
    """What is wanted on its cluster once the application is as it says."""
    coming = replace(house, apps={**house.apps, app.name: app})
    wanted = coming.wanted_on_clusters()
    places = {name for name, place in wanted.places.items() if place.kind == "kube"}
    mine = {id.target for id, it in wanted.resources.items() if it.owner == app.name} & places
    if not mine:
        why = [str(it) for it in coming.left_out if it.application == app.name]
        raise Refused(
            why[0] if why else f"the rack file says of no cluster that {app.name} runs there",
            fix=f"write `{app.name}: {{repository: {app.name}, cluster: NAME}}` below"
            " `applications`, and have the cluster join: `rackhouse cluster add NAME`",
        )
    return _without(wanted, places - mine)


def _without(wanted: Wanted, places: Collection[str]) -> Wanted:
    """But for these places: what is there stays as it is."""
    from rackhouse.resources.place import Wanted

    return Wanted(
        resources={id: it for id, it in wanted.resources.items() if id.target not in places},
        places={name: it for name, it in wanted.places.items() if name not in places},
    )
