"""One cluster as a target: server-side apply with one field manager, and a wait until it is so."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

from rackhouse.kit.errors import Missing, NotOurs, NotReady
from rackhouse.plan.diff import Change
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.fingerprint import Fingerprint, plain_fingerprint
from rackhouse.targets.kube import drift, manifest
from rackhouse.targets.kube.applying import Applying
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.kinds import Kind, Kinds, Within
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.ready import WORKLOADS, standing
from rackhouse.targets.kube.rehearsal import rehearse
from rackhouse.targets.kube.removal import Removal
from rackhouse.targets.kube.rollback import back
from rackhouse.targets.kube.server import NAMES, Server
from rackhouse.targets.kube.waiting import Waiting
from rackhouse.targets.protocol import Say

_FEW = 20  # things of one kind that are asked for one by one; of more, names are listed first
_MINE = "give yours another name, or remove what is there"
_NOBODYS = "this rack did not make it (`rackhouse cluster adopt` takes it over)"


class Kube:
    """The objects of one cluster: a `Target`."""

    def __init__(
        self,
        name: str,
        *,
        rack: str,
        server: Server,
        fingerprint: Fingerprint,
        texts: Callable[[str], str | None] = lambda _: None,
        pace: Pace | None = None,
        within: Within | None = None,
    ) -> None:
        """`texts`: the specification behind a digest, to say what it was before. `within`: all that
        is looked for, where nothing is named.
        """
        self._name, self._rack, self._texts, self._within = name, rack, texts, within
        self._server, self._fingerprint = server, fingerprint
        self._kinds = Kinds(server)
        pace = pace or Pace()
        self._waiting = Waiting(server, self._kinds, pace)
        self._applying = Applying(server, pace)
        self._removal = Removal(server, self._kinds, self._waiting, rack)

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What has this rack's stamp; of `ids`, whatever is there. What another rack or nobody
        made has no stamp, and says whose it is.
        """
        looks = [self._all(kind) for kind in await self._kinds.every()] if ids is None else []
        by_kind: defaultdict[str, list[Id]] = defaultdict(list)
        for id in ids or ():
            by_kind[id.kind].append(id)
        looks += [self._these(kind, asked) for kind, asked in by_kind.items()]
        found = await asyncio.gather(*looks)
        return sorted((seen for each in found for seen in each), key=_by_id)

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Apply with the stamp, wait, apply the finished stamp. A rollout that fails goes back."""
        id = resource.id
        kind = await self._waiting.for_kind(id, say)
        path = kind.path(id)
        there = await self._free(id, path, say)
        body = manifest.body(resource.spec, values)
        former = manifest.former(there, body) if id.kind in WORKLOADS else ""
        half = manifest.marked(body, stamp, former)
        job = await self._waiting.job(there) if there and id.kind == "HelmChart" else None
        live = await self._applying.apply(id, path, half, there, say, keep=resource.keep)
        if there and _generation(there) == _generation(live):
            job = None
        try:
            live = await self._waiting.until_ready(id, path, live, say, former=job)
        except NotReady as error:
            raise await back(self._server, path, former, error, say) from error
        whole = manifest.marked(body, stamp.finished(self._found(live)))
        live = await self._applying.apply(id, path, whole, live, _unsaid)
        # A Deployment's annotations are a generation too: its controller looks once more.
        return self._seen(id, await self._waiting.until_ready(id, path, live, _unsaid))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete what is ours, and wait until it is gone."""
        await self._removal.remove(seen.id, say)

    async def output(self, ref: Ref) -> Hidden:
        """A Secret's `version`; the `address` that a load balancer gave a Service."""
        kind = await self._kinds.of(ref.to.kind)
        live = await self._server.ask("GET", kind.path(ref.to), fine=(404,)) if kind else None
        if live is not None and (ref.to.kind, ref.output) == ("Secret", "version"):
            return Hidden(self._version(live))
        if live is not None and (ref.to.kind, ref.output) == ("Service", "address"):
            for each in (live.get("status", {}).get("loadBalancer") or {}).get("ingress") or ():
                return Hidden(each.get("ip") or each.get("hostname") or "")
        raise Missing(f"{ref.to} has no value {ref.output!r}", fix="run `rackhouse apply`")

    async def adopt(self, id: Id, owner: str, say: Say) -> None:
        """Take over what somebody made by hand: from now on it is this rack's, half made.

        The next plan shows what it would become. NotOurs for another rack's, Missing for nothing.
        """
        kind = await self._waiting.for_kind(id, say)
        live = await self._server.ask("GET", kind.path(id), fine=(404,))
        if live is None:
            raise Missing(f"there is no {id}")
        other = manifest.stamp_of(live)
        if other is not None and other.rack != self._rack:
            raise NotOurs(f"{id} belongs to the rack {other.rack!r}", fix="remove it there first")
        if other is None:
            stamp = Stamp(rack=self._rack, digest=manifest.ADOPTED, owner=owner)
            namespace, name = kind.names(id)
            metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
            bare = {"apiVersion": kind.api, "kind": kind.kind, "metadata": metadata}
            body = manifest.marked(bare, stamp)
            await self._applying.apply(id, kind.path(id), body, live, say)

    async def rehearse(self, resource: Resource[Any], values: Values) -> tuple[Change, ...]:
        """What an apply would change in what is there, as the server says by its own dry run.

        Nothing where nothing is there. Raises what an apply would raise, and changes nothing.
        """
        kind = await self._kinds.of(resource.id.kind)
        path = kind.path(resource.id) if kind else ""
        live = await self._server.ask("GET", path, fine=(404,)) if kind else None
        stamp = manifest.stamp_of(live) if live else None
        if live is None or stamp is None:
            return ()
        body = manifest.marked(manifest.body(resource.spec, values), stamp)
        return await rehearse(self._server, resource.id, path, body, live)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _all(self, kind: Kind) -> list[Seen]:
        """Every thing of that kind with our stamp."""
        found, within = [], self._within
        if within and kind.kind not in within.kinds:
            return []
        ours = {"labelSelector": f"{manifest.RACK}={self._rack}"}
        path = kind.within(within.namespace) if within else kind.all
        async for live in self._server.listed(path, query=ours):
            stamp = manifest.stamp_of(live)
            if stamp is not None and stamp.rack == self._rack:
                metadata = live["metadata"]
                id = kind.id(self._name, metadata.get("namespace", ""), metadata["name"])
                whole = {"apiVersion": kind.api, "kind": kind.kind, **live}  # a list says it once
                found.append(self._seen(id, whole))
        return found

    async def _these(self, name: str, ids: list[Id]) -> list[Seen]:
        kind = await self._kinds.of(name)
        if kind is None:
            return []
        if len(ids) > _FEW:
            there = set()
            async for each in self._server.listed(kind.all, accept=NAMES):
                metadata = each["metadata"]
                there.add(kind.id(self._name, metadata.get("namespace", ""), metadata["name"]))
            ids = [id for id in ids if id in there]
        asked = (self._server.ask("GET", kind.path(id), fine=(404,)) for id in ids)
        found = zip(ids, await asyncio.gather(*asked), strict=True)
        return [self._seen(id, live) for id, live in found if live is not None]

    async def _free(self, id: Id, path: str, say: Say) -> Live | None:
        """What is there and may be written. NotOurs; waits for what is being removed."""
        live: Live | None = await self._server.ask("GET", path, fine=(404,))
        if live is None:
            return None
        if theirs := self._theirs(live):
            raise NotOurs(f"{id} exists, and {theirs}", fix=_MINE)
        if live["metadata"].get("deletionTimestamp"):
            await self._waiting.until_gone(id, path, live["metadata"]["uid"], say)
            return None
        return live

    def _theirs(self, live: Live) -> str:
        """Whose it is, when it is not this rack's."""
        stamp = manifest.stamp_of(live)
        if stamp is None:
            return _NOBODYS
        return "" if stamp.rack == self._rack else f"it belongs to the rack {stamp.rack!r}"

    def _seen(self, id: Id, live: Live) -> Seen:
        if theirs := self._theirs(live):
            return Seen(id=id, stamp=None, found="", ready=False, why=theirs)
        stamp, found, told = manifest.stamp_of(live), self._found(live), standing(live)
        why = told.why
        if stamp is not None and stamp.found and found != stamp.found:
            why = drift.words(live, self._texts(stamp.digest)) or why
        return Seen(
            id=id, stamp=stamp, found=found, version=self._version(live), ready=told.ready, why=why
        )

    def _found(self, live: Live) -> str:
        """The same to whoever looks, as a release does, which has no key of the rack's; but of a
        Secret, on which guesses could be tried.
        """
        look = self._fingerprint if live["kind"] == "Secret" else plain_fingerprint
        return look(manifest.content(live))

    def _version(self, live: Live) -> str:
        """Only a Secret has something that others are written with."""
        if live["kind"] != "Secret":
            return "1"
        return self._fingerprint(json.dumps(live.get("data") or {}, sort_keys=True))


def _generation(live: Live) -> Any:
    """It changes with whatever is wanted of it, and not with its marks."""
    return live["metadata"].get("generation")


def _unsaid(_: str) -> None:
    """What the server warns of was said the first time."""


def _by_id(seen: Seen) -> Id:
    return seen.id
