"""A Gitea as a target: organisations, repositories, users, teams, tokens, webhooks, branches.

Nothing there can carry a stamp, so the store has them. What was there before is a stranger's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rackhouse.kit.errors import Missing, NotOurs
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text, Values
from rackhouse.resources.gitea import Team
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import plain_fingerprint
from rackhouse.targets.gitea.kinds import KINDS, Body, Way
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.protocol import Say

_FIELDS, _VALUE, _MEMBERS = "fields", "value", "members"


class Gitea:
    """One Gitea: a `Target`."""

    def __init__(self, name: str, *, server: Server, store: Store) -> None:
        self._name, self._server, self._store = name, server, store

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What is there: of `ids`, or what the store has stamps of."""
        known = self._store.stamps(self._name)
        found = []
        for id in sorted(known if ids is None else ids):
            live = await self._live(id)
            if live is not None:
                found.append(self._seen(id, live, known.get(id)))
        return found

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Make it or change it. A token that nobody remembers is made anew: its value was lost."""
        id, spec = resource.id, resource.spec

        def fill(text: Text) -> str:
            return text.fill(values)

        kind, way = KINDS[id.kind], KINDS[id.kind].way(spec, fill)
        live = await self._live(id)
        if live is not None and self._store.stamp(id) is None:
            raise NotOurs(
                f"{id} exists, and this rack did not make it", fix="give yours another name"
            )
        self._store.put_stamp(id, stamp)
        self._keep(id, {_FIELDS: _names(way)})
        if live is not None and way.change is None and self._is_stale(id, way, live):
            say(f"making {id.kind} {id.name} anew")
            await self._server.ask("DELETE", kind.own(id, live))
            live = None
        if live is None:
            live = await self._make(id, way)
        if way.change is not None:  # what is made does not take all that can be said of it
            await self._server.ask("PATCH", kind.own(id, live), way.change)
        if isinstance(spec, Team):
            await self._join(int(live["id"]), spec.members)
        live = await self._whole(id, live)
        self._store.put_stamp(id, stamp.finished(self._found(id, live)))
        return self._seen(id, live, self._store.stamp(id))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it, with what is in it."""
        id = seen.id
        live = await self._live(id)
        if live is not None and self._store.stamp(id) is not None:
            say(f"deleting {id.kind} {id.name}")
            await self._server.ask("DELETE", KINDS[id.kind].own(id, live))
        self._store.forget(id)
        self._store.drop_stamp(id)

    async def output(self, ref: Ref) -> Hidden:
        """A token's `value`."""
        values = self._store.values(ref.to)
        if ref.output != _VALUE or _VALUE not in values:
            raise Missing(f"{ref.to} has no output {ref.output!r}", fix="run `rackhouse apply`")
        return values[_VALUE]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _make(self, id: Id, way: Way) -> Body:
        made: Body | None = await self._server.ask("POST", way.to, way.body)
        if made is None:
            raise Missing(f"{id}: Gitea has nothing at {way.to}", fix="run `rackhouse apply`")
        if id.kind == "token":  # told this once
            self._keep(id, {_VALUE: str(made["sha1"])})
        return await self._whole(id, made)

    async def _live(self, id: Id) -> Body | None:
        """As it is there; a team with its members."""
        kind = KINDS[id.kind]
        live: Body | None = None
        if not kind.listed:
            live = await self._server.ask("GET", kind.path(id))
        else:
            async for each in self._server.listed(kind.path(id)):
                if each["name"] == kind.name(id):
                    live = each
        if live is not None and id.kind == "team":
            members = self._server.listed(f"/teams/{live['id']}/members")
            live = {**live, _MEMBERS: sorted([each["login"] async for each in members])}
        return live

    async def _whole(self, id: Id, live: Body) -> Body:
        return await self._live(id) or live

    async def _join(self, team: int, members: Collection[str]) -> None:
        there = {each["login"] async for each in self._server.listed(f"/teams/{team}/members")}
        for name in sorted(set(members) - there):
            if await self._server.ask("PUT", f"/teams/{team}/members/{name}") is None:
                raise Missing(f"Gitea has no user {name!r}", where=self._server.where)
        for name in sorted(there - set(members)):
            await self._server.ask("DELETE", f"/teams/{team}/members/{name}")

    def _is_stale(self, id: Id, way: Way, live: Body) -> bool:
        """Whether it is another than is wanted, or its value was lost with who made it."""
        other = any(_plain(live.get(name)) != _plain(it) for name, it in way.fields.items())
        return other or _VALUE not in self._store.values(id)

    def _keep(self, id: Id, values: Mapping[str, str]) -> None:
        """Beside what is kept. Writes only news: each writing is another version."""
        kept = {name: it.reveal() for name, it in self._store.values(id).items()}
        if kept != {**kept, **values}:
            self._store.replace(id, {**kept, **values})

    def _seen(self, id: Id, live: Body, stamp: Stamp | None) -> Seen:
        version = self._store.values_version(id) if stamp is not None else "1"
        return Seen(id=id, stamp=stamp, found=self._found(id, live), version=version)

    def _found(self, id: Id, live: Body) -> str:
        """Of the fields that we set. Gitea has no order in its lists."""
        kept = self._store.values(id).get(_FIELDS)
        names = json.loads(kept.reveal()) if kept else []
        return plain_fingerprint(json.dumps({name: _plain(live.get(name)) for name in names}))


def _names(way: Way) -> str:
    return json.dumps(sorted([*way.fields, _MEMBERS]))


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
