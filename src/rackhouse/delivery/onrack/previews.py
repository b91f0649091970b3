"""Previews on a cluster: opened for a branch, and gone when they are over, with all that they had.

Whoever may open one comes by `server`: the broker for a job, the rack's owner for themselves. What
a branch asks for is judged as a release of the application would be, so that no preview has more.
Killed anywhere, opening again and closing again go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rackhouse.app.model import App
from rackhouse.delivery.onrack.judge import judge
from rackhouse.delivery.onrack.records import Record, Records
from rackhouse.delivery.onrack.release import Coming, Door, granted_there, release
from rackhouse.delivery.onrack.room import Room
from rackhouse.delivery.previews import lifetime, preview_name, previewed
from rackhouse.delivery.variables import with_overrides, without_overrides
from rackhouse.desired.kube import throwaway
from rackhouse.desired.kube.granted import Granted
from rackhouse.desired.kube.previews import MOST, MOST_IN_ALL, opened
from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.resources.clusters import previews
from rackhouse.resources.previews import OF, Preview
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets.kube.manifest import RACK, stamp_of
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Say

LONGEST = timedelta(days=30)  # that a preview is kept without another push

_NAMESPACES = "/api/v1/namespaces"
_DATABASES = "/apis/postgresql.cnpg.io/v1/namespaces/{}/{}"
_LEAVES = Pace(first=0.2, most=1.0)
_PATIENCE = 20.0  # seconds that databases are waited for

Turn = Callable[[str], AbstractAsyncContextManager[object]]


def shown(app: App, *, first: bool) -> App:
    """The application as a preview of it runs: see `previewed`; one copy of it."""
    return replace(previewed(app, first=first), kept=(), replicas=(1, 1))


async def open_preview(
    server: Server, coming: Coming, branch: str, say: Say, pace: Pace | None = None
) -> Preview:
    """Have the preview of that branch be there, with all but what its releases write, and be kept
    from now on. `coming` is what would be released, of the application that it is a preview of.

    Missing where the rack knows no such application there. FileError, Refused (see `judge`), and
    where there are too many. The error of what is not ready yet: to be asked for again.
    """
    told, _ = await granted_there(server, coming.app.name)
    coming = replace(coming, app=without_overrides(coming.app))  # what is judged is what is shown
    _check(told, coming)
    name = preview_name(told.app.name, branch)
    others = [it for it in await all_previews(server) if not _is_of(it, told.app.name, name)]
    _check_number(told, others)
    until = datetime.fromtimestamp(coming.now, UTC)
    until += min(timedelta(seconds=lifetime(coming.app)), LONGEST)
    release = replace(coming.release, number=0)  # it has none yet, whatever a job says
    app = replace(shown(coming.app, first=False), name=name, uid=told.app.uid, release=release)
    preview = Preview(name=name, of=told.app.name, branch=branch, until=until)
    room = Room(
        server=server,
        cluster=told.cluster,
        name=name,
        keeper=previews(told.rack.name),
        say=say,
        pace=pace or Pace(),
    )
    await room.furnish(opened(told, app, preview))
    return preview


async def release_preview(door: Door, coming: Coming, say: Say) -> Record:
    """Bring it live in the preview to which that door leads. Raises as `release`."""
    records = await Records(door.server, door.application).all()
    served = any(it.status in {ReleaseStatus.LIVE, ReleaseStatus.OLD} for it in records)
    return await release(door, replace(coming, app=shown(coming.app, first=not served)), say)


async def all_previews(server: Server) -> list[Preview]:
    """Those that are there, and not on their way out."""
    return [Preview.read(it) for it in await _namespaces(server)]


async def close(server: Server, application: str, name: str, say: Say) -> bool:
    """Take that preview of the application down with its data; False where there is none. Refused
    where it is another's.
    """
    for it in await _namespaces(server):
        if _is_of(Preview.read(it), application, name):
            await _close(server, it, say, ("uid",))
            return True
    return False


async def sweep(
    server: Server, now: datetime, say: Say, turn: Turn = lambda _: nullcontext()
) -> list[str]:
    """Take down those whose time is over, and those of applications that are not there any more.
    One that does not go is said, and stands in nobody's way. `turn` is what others take too who
    open and close previews of that application: within it, it is judged by what is there then.
    """
    gone = []
    for it in await _namespaces(server):
        found = Preview.read(it)
        try:
            if not await _is_over(server, it, now):
                continue
            async with turn(found.of):
                if await _swept(server, found.name, now, say):
                    gone.append(found.name)
        except RackhouseError as error:
            say(f"{found.name} does not go: {error.what}")
    return gone


async def _swept(server: Server, name: str, now: datetime, say: Say) -> bool:
    """Whether it was still over, and left."""
    it = await server.ask("GET", f"{_NAMESPACES}/{name}", fine=(404,))
    if it is None or not _is_preview(it) or not await _is_over(server, it, now):
        return False
    return await _close(server, it, say, ("uid", "resourceVersion"))


def _check(told: Granted, coming: Coming) -> None:
    """Refused where the application could not be released so, or a preview cannot have it."""
    if told.preview_of:
        what = f"{told.app.name} is a preview itself"
        raise Refused(what, fix=f"open another of {told.preview_of}")
    live = with_overrides(coming.app, dict(told.app.overrides))
    judge(told, replace(live, name=told.app.name, uid=told.app.uid, release=coming.release))
    throwaway.check(told.rack, told.cluster, coming.app)


def _is_of(found: Preview, application: str, name: str) -> bool:
    """Whether it is the one of that name. Refused where that is a preview of another application:
    names that were cut can be the same.
    """
    if found.name == name and found.of != application:
        what = f"{name} is a preview of {found.of}, and none of {application}"
        raise Refused(what, fix="call the branch something else")
    return found.name == name


def _check_number(told: Granted, others: list[Preview]) -> None:
    mine = [it.branch for it in others if it.of == told.app.name]
    fix = "close one: `rackhouse release FOLDER --preview BRANCH --close`"
    if len(mine) >= MOST:
        listed = ", ".join(sorted(mine))
        raise Refused(f"{told.app.name} has {MOST} previews already: {listed}", fix=fix)
    if len(others) >= MOST_IN_ALL:
        raise Refused(f"this cluster shows {MOST_IN_ALL} previews already", fix=fix)


async def _namespaces(server: Server) -> list[Mapping[str, Any]]:
    """Of previews. A label alone makes none: what bears the stamp of previews is one."""
    every = server.listed(_NAMESPACES, query={"labelSelector": OF})
    return [it async for it in every if _is_preview(it)]


def _is_preview(namespace: Mapping[str, Any]) -> bool:
    metadata, stamp = namespace["metadata"], stamp_of(namespace)
    ours = stamp is not None and stamp.rack == previews(stamp.rack.partition(".")[0])
    return ours and OF in (metadata.get("labels") or {}) and not metadata.get("deletionTimestamp")


async def _is_over(server: Server, namespace: Mapping[str, Any], now: datetime) -> bool:
    found = Preview.read(namespace)
    return found.until < now or not await _is_there(server, found.of, namespace)


async def _is_there(server: Server, application: str, preview: Mapping[str, Any]) -> bool:
    """Whether the rack of that preview has the application there."""
    found = await server.ask("GET", f"{_NAMESPACES}/{application}", fine=(404,))
    labels = (found["metadata"].get("labels") or {}) if found else {}
    return bool(previews(str(labels.get(RACK))) == preview["metadata"]["labels"].get(RACK))


async def _close(server: Server, live: Mapping[str, Any], say: Say, same: tuple[str, ...]) -> bool:
    """False where it is not the `same` any more, in what its metadata has by these names."""
    name = live["metadata"]["name"]
    say(f"taking down the preview {name}")
    with suppress(Refused):  # the broker was cut off before it could look into it
        await _drop_databases(server, name)
    preconditions = {key: live["metadata"][key] for key in same}
    body = {"preconditions": preconditions, "propagationPolicy": "Background"}
    done = await server.ask("DELETE", f"{_NAMESPACES}/{name}", body=body, fine=(404, 409))
    return done is not None


async def _drop_databases(server: Server, name: str) -> None:
    """While their server is up: it is what lets them go. It is not waited for for ever, since where
    it never came up its operator does.
    """
    paths = [_DATABASES.format(name, kind) for kind in ("databases", "databaseroles")]
    for path in paths:
        async for it in server.listed(path):
            await server.ask("DELETE", f"{path}/{it['metadata']['name']}", fine=(404,))
    async for _, last in _LEAVES.looks(_PATIENCE):
        if last or not await _any(server, paths):
            return


async def _any(server: Server, paths: list[str]) -> bool:
    for path in paths:
        async for _ in server.listed(path):
            return True
    return False
