"""How each cluster of the rack does now, all asked at once: who answers, what of ours is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rackhouse.apply.clusters import joined
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.operations.cluster.addresses import addresses
from rackhouse.operations.cluster.joining import version_of
from rackhouse.resources.clusters import place
from rackhouse.resources.core import Hidden
from rackhouse.resources.place import Place
from rackhouse.resources.previews import OF, Preview
from rackhouse.resources.seen import Seen
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server

_PREVIEWS = {"labelSelector": OF}
PATIENCE = 15.0  # seconds for a cluster that answers slowly; one that is gone is known in five


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One application on a cluster: its name, why it does not serve, if so, and its address."""

    application: str
    why: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A preview, and until when it is kept."""

    preview: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cluster. `joined`: it is part of plans; `answers` None: nobody asked. `nodes` are those
    that are in, `ready` of them can run something. `objects` are this rack's.
    """

    cluster: str
    joined: bool
    server: str = ""
    answers: bool | None = None
    version: str = ""
    nodes: int = 0
    ready: int = 0
    objects: int = 0
    applications: tuple[Standing, ...] = ()
    previews: tuple[Shown, ...] = ()
    wrong: str = ""


async def standings(house: OpenRack, *, ask: bool = True) -> Sequence[Row]:
    """A row for each cluster of the rack file, and for each that has joined and left it."""
    known = joined(house.store)
    names = [each.name for each in house.rack.clusters]
    names += [name for name in known if name not in names]
    rows = (_row(house, name, known, ask=ask) for name in names)
    return await asyncio.gather(*rows)


async def standing(house: OpenRack, name: str) -> Row:
    """That of one cluster. Unavailable where it does not answer."""
    row = await _row(house, name, joined(house.store), ask=True)
    if not row.answers:
        raise Unavailable(row.wrong, where=row.server, fix="`rackhouse doctor` of its machines")
    return row


async def _row(house: OpenRack, name: str, known: Mapping[str, Hidden], *, ask: bool) -> Row:
    if name not in known:
        return Row(cluster=name, joined=False)
    text = known[name].reveal()
    row = Row(cluster=name, joined=True, server=read(text).server)
    if not ask:
        return row
    try:
        async with asyncio.timeout(PATIENCE):
            return await _asked(house, row, text)
    except TimeoutError:
        return replace(row, answers=False, wrong=f"no answer within {PATIENCE:g} s")
    except RackhouseError as error:
        return replace(row, answers=False, wrong=error.what)


async def _asked(house: OpenRack, row: Row, text: str) -> Row:
    server = Server(read(text))
    target = house.open_place(Place(name=place(row.cluster), kind="kube"), {"kubeconfig": text})
    try:
        version = await version_of(server)
        nodes = [_is_ready(each) async for each in server.listed("/api/v1/nodes")]
        seen = await target.observe(None)
        urls = await addresses(server, house.rack.name)
        there = [it async for it in server.listed("/api/v1/namespaces", query=_PREVIEWS)]
    finally:
        await target.close()
        await server.close()
    return replace(
        row,
        answers=True,
        version=version,
        nodes=len(nodes),
        ready=sum(nodes),
        objects=len(seen),
        applications=_applications(seen, urls),
        previews=tuple(map(_shown, there)),
    )


def _applications(seen: Sequence[Seen], urls: Mapping[str, str]) -> tuple[Standing, ...]:
    """Each is as bad as the first thing of it that is not ready."""
    why: dict[str, str] = {}
    for each in seen:
        if each.stamp is not None and each.stamp.owner != "rack":
            bad = "" if each.ready else f"{each.id.kind} {each.id.name}: {each.why or 'not ready'}"
            why[each.stamp.owner] = why.get(each.stamp.owner) or bad
    return tuple(
        Standing(application=name, why=text, url=urls.get(name, ""))
        for name, text in sorted(why.items())
    )


def _shown(namespace: Mapping[str, Any]) -> Shown:
    found = Preview.read(namespace)
    return Shown(preview=found.name, until=f"{found.until:%Y-%m-%d %H:%M} UTC")


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
