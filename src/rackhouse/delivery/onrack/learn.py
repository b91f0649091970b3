"""What was released on clusters since this rack last looked: remembered, lest an apply undo it.

A record is the word of whoever may release there, and no more: it is judged as its release was, and
what goes beyond what was granted is not learned. A cluster that cannot be asked teaches nothing;
plans do not touch it, for they might go back behind a push.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import encode
from rackhouse.app.model import App
from rackhouse.apply.clusters import joined
from rackhouse.apply.moved import moved
from rackhouse.apply.open import live_apps
from rackhouse.delivery.onrack.judge import judge
from rackhouse.delivery.onrack.records import Record, Records, live
from rackhouse.delivery.onrack.release import granted_there
from rackhouse.desired.kube.granted import Granted
from rackhouse.kit.errors import FileError, Missing, RackhouseError, Refused
from rackhouse.kit.text import one_line
from rackhouse.resources.clusters import place
from rackhouse.resources.core import Hidden
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus, Store
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Say

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

_AT_ONCE = 8  # clusters

# What an application that no file could hold does to whoever compiles it.
_STRANGE = (RackhouseError, ValueError, LookupError, TypeError, AttributeError, AssertionError)


def _silent(_: str) -> None:
    """Nobody listens."""


async def learned(house: OpenRack, now: datetime, say: Say = _silent) -> OpenRack:
    """The rack with what serves on the clusters that joined, and those that could not be asked as
    `unheard`. `say` is told what was not learned, and why.
    """
    reached, where = joined(house.store), _on_clusters(house)
    asked = sorted(reached.keys() & set(where.values()))
    named = [[it for it in where if where[it] == cluster] for cluster in asked]
    gate = asyncio.Semaphore(_AT_ONCE)
    answers = await asyncio.gather(
        *(_answer(gate, reached[it], names) for it, names in zip(asked, named, strict=True))
    )
    unheard: dict[str, str] = {}
    news = False
    for cluster, answer in zip(asked, answers, strict=True):
        if isinstance(answer, RackhouseError):
            unheard[place(cluster)] = str(answer)
            continue
        for it in answer:
            news = _learn(house.store, it, say) or news
    found = replace(house, apps=live_apps(house.store, now)) if news else house
    return replace(found, unheard=unheard) if unheard else found


def _on_clusters(house: OpenRack) -> Mapping[str, str]:
    """The cluster of each application that is on one, and that the rack file has on one too."""
    said = {entry.name for entry in house.rack.applications if entry.cluster}
    return {name: at for name, at in moved(house.store).items() if name in said}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What a cluster says of one application; `told` None where the rack granted it nothing."""

    name: str
    records: list[Record]
    strange: list[str]
    told: Granted | None


async def _answer(
    gate: asyncio.Semaphore, kubeconfig: Hidden, names: list[str]
) -> list[_Heard] | RackhouseError:
    """What a cluster says of these, or why it says nothing: none waits for one that is silent."""
    async with gate:
        try:
            return await _heard(kubeconfig, names)
        except RackhouseError as error:
            return error


async def _heard(kubeconfig: Hidden, names: list[str]) -> list[_Heard]:
    server = Server(read(kubeconfig.reveal()))
    try:
        return list(await asyncio.gather(*(_heard_of(server, name) for name in names)))
    finally:
        await server.close()


async def _heard_of(server: Server, name: str) -> _Heard:
    records, strange = await Records(server, name).read()
    told = None
    if records:
        try:
            told, _ = await granted_there(server, name)
        except (Missing, Refused, FileError):  # which an apply mends
            told = None
    return _Heard(name=name, records=records, strange=strange, told=told)


def _learn(store: Store, heard: _Heard, say: Say) -> bool:
    """Remember what serves there; False where that is no news. No number there is taken again."""
    for name in heard.strange:
        say(f"{heard.name}: {name} is no record of a release, and is passed over")
    if not heard.records:
        return False
    rows = {row.number: row for row in store.releases(heard.name)}
    now = max((it.number for it in rows.values() if it.status is ReleaseStatus.LIVE), default=0)
    newest, last = heard.records[-1], live(heard.records)
    news = last is not None and now <= newest.number and _note(store, heard, last, say)
    if newest.number not in {row.number for row in store.releases(heard.name)}:
        _take(store, _row(heard.name, newest, "", ""))
    return news


def _note(store: Store, heard: _Heard, last: Record, say: Say) -> bool:
    """Make what serves the live one here too; False where it is."""
    try:
        app = _judged(heard, last)
    except _STRANGE as error:
        why = one_line(error.what if isinstance(error, RackhouseError) else repr(error))
        say(f"{heard.name} r{last.number} on its cluster is not learned: {why}")
        return False
    rows = {row.number: row for row in store.releases(heard.name)}
    release, text, known = app.release, encode(app), rows.get(last.number)
    if known and known.app == text and known.status is ReleaseStatus.LIVE:
        return False
    if known is None or known.app != text:
        store.drop_release(heard.name, last.number)
        store.add_release(_row(heard.name, last, release.digest if release else "", text))
    store.set_release_status(heard.name, last.number, ReleaseStatus.LIVE)
    return True


def _judged(heard: _Heard, last: Record) -> App:
    """What it is, where that is within what the rack granted. Its names are the rack's."""
    if heard.told is None:
        raise Refused(f"the rack has granted {heard.name} nothing there")
    told, app, name = heard.told, last.app, heard.name
    if app.release is None:
        raise Refused("it has no release")
    snapshot = f"releases/{name}/r{last.number}"
    release = replace(app.release, number=last.number, snapshot=snapshot)
    return judge(told, replace(app, name=name, uid=told.app.uid, kept=(), release=release)).app


def _row(name: str, record: Record, digest: str, text: str) -> ReleaseRow:
    return ReleaseRow(
        application=name,
        number=record.number,
        status=ReleaseStatus.NEW,
        digest=digest,
        app=text,
        made=record.made,
        by=record.by,
    )


def _take(store: Store, row: ReleaseRow) -> None:
    """The store's next release has a higher number."""
    store.add_release(row)
    store.drop_release(row.application, row.number)
