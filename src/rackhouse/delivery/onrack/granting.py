"""A release on a cluster by the rack itself, which grants what it asks for: the first is one.

Others need nothing of the rack (`release`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import encode
from rackhouse.app.model import App, Release
from rackhouse.app.sources import SourceFolder
from rackhouse.apply.clusters import joined, runs_on
from rackhouse.apply.moved import moved, note
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.expiry import check_expiry
from rackhouse.delivery.live import failure
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.onrack.judge import check_image
from rackhouse.delivery.onrack.records import Owner
from rackhouse.delivery.onrack.release import granted_there
from rackhouse.delivery.onrack.turn import turn
from rackhouse.delivery.releases import candidate, make
from rackhouse.kit.errors import Missing, RackhouseError, Refused
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted


async def granting(
    house: OpenRack,
    source: SourceFolder,
    *,
    pushed: Release,
    by: str,
    observer: Observer,
    now: datetime,
) -> Deployed:
    """Make it a release with what was pushed of it, and apply what its cluster has to be with it.

    FileError with every problem of its file; Refused where no cluster that joined is to have it,
    the image is not of the rack's registry, or it has expired; Locked while somebody else changes
    what serves there; the error of the step that failed. What befalls other applications there is
    theirs.
    """
    name = source.app.name
    check_expiry(source.app, now.date())
    with delivering(house, f"release {name}", now) as current:
        coming = with_image(candidate(current.store, source, name), pushed)
        check_image(current.rack, coming)
        _wanted(current, coming)
        async with _alone(current, name, by):
            made = await make(current, source, name, by=by, now=now, commit=pushed.commit)
            app = with_image(made.app, pushed)
            current.store.drop_release(name, made.row.number)
            current.store.add_release(replace(made.row, app=encode(app)))
            return await _bring(current, app, made.row.number, observer)


async def _bring(house: OpenRack, app: App, number: int, observer: Observer) -> Deployed:
    """Apply what its cluster has to be with it."""
    name, store = app.name, house.store
    try:
        wanted = _wanted(house, app)
        outcome = await house.apply(f"release {name} r{number}", wanted=wanted, observer=observer)
        if error := failure(name, app, wanted, outcome):
            raise error
    except RackhouseError as error:
        store.set_release_status(name, number, ReleaseStatus.FAILED, error.what)
        raise
    store.set_release_status(name, number, ReleaseStatus.LIVE)
    brought = {it: at for it, at in runs_on(wanted, joined(store)).items() if it == name}
    note(store, {**moved(store), **brought})  # whatever became of the others there
    return Deployed(application=name, release=number)


@asynccontextmanager
async def _alone(house: OpenRack, application: str, by: str) -> AsyncIterator[None]:
    """Nobody releases it or goes back meanwhile, where it is on a cluster already."""
    kubeconfig = joined(house.store).get(moved(house.store).get(application, ""))
    async with AsyncExitStack() as stack:
        if kubeconfig is not None:
            server = Server(read(kubeconfig.reveal()))
            stack.push_async_callback(server.close)
            if owner := await _owner(server, application):
                await stack.enter_async_context(turn(server, application, owner, by))
        yield


async def _owner(server: Server, application: str) -> Owner | None:
    """What a turn leaves with; None where nobody could take one: this apply grants it first."""
    try:
        _, owner = await granted_there(server, application)
    except (Missing, Refused):
        return None
    return owner


def with_image(app: App, pushed: Release) -> App:
    """As the image of that runs it."""
    assert app.release is not None
    release = replace(app.release, image=pushed.image, architectures=pushed.architectures)
    return replace(app, release=release)


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
