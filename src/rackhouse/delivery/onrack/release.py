"""A release goes live on a cluster, or the one before serves on: recorded, written, waited for.

Green means that the new revision answers. Killed anywhere, the next release finds the record half
made and goes on from what serves.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rackhouse.app.codec import encode
from rackhouse.app.model import App, Release
from rackhouse.delivery.expiry import check_expiry
from rackhouse.delivery.onrack.identity import not_there
from rackhouse.delivery.onrack.judge import Judged, judge
from rackhouse.delivery.onrack.records import Owner, Record, Records, live, number_of
from rackhouse.delivery.onrack.turn import turn
from rackhouse.delivery.onrack.writer import Writer
from rackhouse.delivery.variables import with_overrides
from rackhouse.desired.kube.granted import Granted, granted
from rackhouse.desired.kube.releasing import GRANTED
from rackhouse.kit.errors import Missing, RackhouseError, Refused
from rackhouse.resources.core import Id, Resource
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Say, Target


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where one application is released: as whom, the server was told when it was opened. `opens`
    answers the cluster as a target of the rack whose application it is.
    """

    application: str
    server: Server
    opens: Callable[[Granted], Target]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What is to go live. `app` is as its file has it, `release` has its image and commit, and no
    number yet. `now` in Unix seconds.
    """

    app: App
    release: Release
    by: str
    now: float


async def release(door: Door, coming: Coming, say: Say) -> Record:
    """Make it the next release, and wait until it serves.

    Missing where the rack knows no such application there; FileError, Refused (see `judge`, and
    when it has expired), Locked while another is on its way; the error of what did not become
    ready, the old one serving on.
    """
    check_expiry(coming.app, datetime.fromtimestamp(coming.now, UTC).date())
    async with _opened(door, coming.by, coming.now, say) as change:
        return await _next(change, coming)


async def _next(change: _Change, coming: Coming) -> Record:
    told = change.told
    number = max((it.number for it in change.known), default=0) + 1
    app = with_overrides(coming.app, dict(told.app.overrides))
    new = replace(coming.release, number=number)
    judged = judge(told, replace(app, name=told.app.name, uid=told.app.uid, release=new))
    record = Record(
        number=number,
        status=ReleaseStatus.NEW,
        text=encode(judged.app),
        made=coming.now,
        by=coming.by,
    )
    await change.records.add(record)
    return await change.bring(record, judged)


async def rollback(door: Door, number: int | None, now: float, say: Say) -> Record:
    """Bring release `number` live again, or the last that served before this one was made.

    Missing, with those that there are, when there is none to go back to. Raises as `release`.
    """
    async with _opened(door, "rollback", now, say) as change:
        chosen = _chosen(door.application, change.known, number)
        app = replace(chosen.app, uid=change.told.app.uid)
        return await change.bring(chosen, judge(change.told, app))


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One change of what serves: what was told, what was there."""

    door: Door
    told: Granted
    records: Records
    known: list[Record]
    say: Say

    async def bring(self, record: Record, judged: Judged) -> Record:
        """Write it; where that fails, write again what served, and say so in the record."""
        writer, before = Writer(self.door.opens(self.told), self.told, self.say), self._before()
        try:
            await writer.write(judged.writes)
        except RackhouseError as error:
            with suppress(RackhouseError):  # what befalls now is not why it failed
                await writer.back(judged.writes, before)
                if record.status is ReleaseStatus.NEW:
                    await self.records.mark(record, ReleaseStatus.FAILED, error.what)
            raise
        await writer.remove(before.keys() - judged.writes.keys())
        await self.records.mark(record, ReleaseStatus.LIVE)
        for it in self.known:
            if it.status is ReleaseStatus.LIVE and it.number != record.number:
                await self.records.mark(it, ReleaseStatus.OLD)
        await self.records.prune()
        return replace(record, status=ReleaseStatus.LIVE)

    def _before(self) -> Mapping[Id, Resource[Any]]:
        """As it is now. Nothing where that is not granted any more: then none of it is put back."""
        last = live(self.known)
        try:
            return judge(self.told, last.app).writes if last else {}
        except RackhouseError:
            return {}


@asynccontextmanager
async def _opened(door: Door, by: str, now: float, say: Say) -> AsyncIterator[_Change]:
    """It is nobody else's turn meanwhile."""
    told, owner = await granted_there(door.server, door.application)
    async with turn(door.server, door.application, owner, by):
        yield await _known(door, told, owner, now, say)


async def _known(door: Door, told: Granted, owner: Owner, now: float, say: Say) -> _Change:
    """It is our turn: what is half made was cut off. What the rack's apply brought since counts."""
    records = Records(door.server, door.application, owner)
    known = await records.all()
    for it in known:
        if it.status is ReleaseStatus.NEW:
            await records.mark(it, ReleaseStatus.FAILED, "it was cut off")
    if number_of(told.app) > max((it.number for it in known), default=0):
        known.append(await records.of_apply(told.app, now))
    return _Change(door=door, told=told, records=records, known=known, say=say)


async def granted_there(server: Server, application: str) -> tuple[Granted, Owner]:
    """What was granted, and the Secret that says so: records leave with it.

    Missing where the rack knows no such application there, Refused where a stranger wrote it.
    """
    path = f"/api/v1/namespaces/{application}/secrets/{GRANTED}"
    found = await server.ask("GET", path, fine=(404,))
    if found is None:
        raise not_there(server, application)
    data = {key: base64.b64decode(it).decode() for key, it in (found.get("data") or {}).items()}
    try:
        return granted(data), Owner(GRANTED, found["metadata"]["uid"])
    except ValueError as error:
        raise Refused(f"{path}: {error}", fix="`rackhouse apply` writes it anew") from error


def _chosen(application: str, known: list[Record], number: int | None) -> Record:
    now = live(known)
    there = [it for it in known if it.status is ReleaseStatus.OLD]
    for it in reversed(there):
        if it.number == number or (number is None and (now is None or it.number < now.number)):
            return it
    names = ", ".join(f"r{it.number}" for it in there) or "none"
    raise Missing(
        f"{application} has no earlier release" + (f" r{number}" if number else ""),
        fix=f"there are: {names}",
    )
