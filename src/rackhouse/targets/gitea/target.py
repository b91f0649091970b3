"""A Gitea as a target: organisations, repositories, people, tokens, secrets, webhooks, branches.

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
_ADOPT = "`rackhouse cluster adopt {}` takes it over"
_ADOPTED = "adopted"  # no specification has this digest, so the next plan writes it


class Gitea:
    """One Gitea: a `Target`."""

    def __init__(self, name: str, *, rack: str, server: Server, store: Store) -> None:
        self._name, self._rack, self.server, self._store = name, rack, server, store
        self._met = False

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What is there: of `ids`, or what the store has stamps of.

        Whoever asks for `ids` first is in the middle of an apply, which has just made that Gitea:
        it is waited for until it answers.
        """
        if ids is None or not self._met:
            await self.server.answers(patient=ids is not None)
            self._met = True
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
            raise NotOurs(f"{id} exists, and this rack did not make it", fix=_ADOPT.format(id))
        self._store.put_stamp(id, stamp)
        former = self._kept(id, _MEMBERS)
        members = sorted(spec.members) if isinstance(spec, Team) else []
        self._keep(id, {_FIELDS: json.dumps(sorted(way.fields))})
        if live is not None and way.anew and self._is_stale(id, way, live):
            say(f"making {id.kind} {id.name} anew")
            await self.server.ask("DELETE", kind.own(id, live))
            live = None
        if way.put:
            await self.server.ask("PUT", way.to, way.body)
            live = await self._whole(id, way.body)
        elif live is None:
            live = await self._make(id, way)
        if way.change is not None:  # what is made does not take all that can be said of it
            await self.server.ask("PATCH", kind.own(id, live), way.change)
        if isinstance(spec, Team):
            await self._join(int(live["id"]), members, set(former) - set(members))
            self._keep(id, {_MEMBERS: json.dumps(members)})
        live = await self._whole(id, live)
        self._store.put_stamp(id, stamp.finished(self._found(id, live)))
        return self._seen(id, live, self._store.stamp(id))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it, with what is in it."""
        id = seen.id
        live = await self._live(id)
        if live is not None and self._store.stamp(id) is not None:
            say(f"deleting {id.kind} {id.name}")
            await self.server.ask("DELETE", KINDS[id.kind].own(id, live))
        self._store.forget(id)
        self._store.drop_stamp(id)

    async def adopt(self, id: Id, owner: str, say: Say) -> None:
        """Take over what somebody made by hand: it is marked, and nothing else.

        The next plan shows what is written. Missing: there is nothing of that name.
        """
        live = await self._live(id)
        if live is None:
            raise Missing(f"there is no {id}")
        if self._store.stamp(id) is None:
            say(f"marking {id}")
            stamp = Stamp(rack=self._rack, digest=_ADOPTED, owner=owner, keep=True)
            self._store.put_stamp(id, stamp.finished(self._found(id, live)))

    async def output(self, ref: Ref) -> Hidden:
        """A token's `value`."""
        values = self._store.values(ref.to)
        if ref.output != _VALUE or _VALUE not in values:
            raise Missing(f"{ref.to} has no output {ref.output!r}", fix="run `rackhouse apply`")
        return values[_VALUE]

    async def close(self) -> None:
        """Let go of the connections."""
        await self.server.close()

    async def _make(self, id: Id, way: Way) -> Body:
        made: Body | None = await self.server.ask("POST", way.to, way.body)
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
            live = await self.server.ask("GET", kind.path(id))
        else:
            async for each in self.server.listed(kind.path(id)):
                if each["name"] == kind.name(id):
                    live = each
        if live is not None and id.kind == "team":
            members = self.server.listed(f"/teams/{live['id']}/members")
            live = {**live, _MEMBERS: sorted([each["login"] async for each in members])}
        return live

    async def _whole(self, id: Id, live: Body) -> Body:
        return await self._live(id) or live

    async def _join(self, team: int, members: Collection[str], former: Collection[str]) -> None:
        there = {each["login"] async for each in self.server.listed(f"/teams/{team}/members")}
        for name in sorted(set(members) - there):
            if await self.server.ask("PUT", f"/teams/{team}/members/{name}") is None:
                raise Missing(f"Gitea has no user {name!r}", where=self.server.where)
        for name in sorted(there & set(former)):
            await self.server.ask("DELETE", f"/teams/{team}/members/{name}")

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
        why = f"this rack did not make it; {_ADOPT.format(id)}" if stamp is None else ""
        return Seen(id=id, stamp=stamp, found=self._found(id, live), version=version, why=why)

    def _found(self, id: Id, live: Body) -> str:
        """Of the fields that we set, and of the members that are ours."""
        found = {name: _plain(live.get(name)) for name in self._kept(id, _FIELDS)}
        ours = sorted({*self._kept(id, _MEMBERS)} & {*live.get(_MEMBERS, ())})
        return plain_fingerprint(json.dumps({**found, _MEMBERS: ours}))

    def _kept(self, id: Id, word: str) -> list[str]:
        kept = self._store.values(id).get(word)
        found: list[str] = json.loads(kept.reveal()) if kept else []
        return found


def _plain(value: Any) -> Any:
    """Gitea has no order in its lists."""
    return sorted(value) if isinstance(value, list) else value
