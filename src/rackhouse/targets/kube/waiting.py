"""Waiting: until a thing does what it is there for, or is gone, with the reason while it is not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from rackhouse.kit.errors import CrashLoop, Missing, NotReady, RackhouseError, Unavailable
from rackhouse.resources.core import Id
from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.kinds import Kind, Kinds
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.pods import Trouble
from rackhouse.targets.kube.ready import Standing, standing
from rackhouse.targets.kube.reasons import reason
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Say

_BY_ITSELF = "foregroundDeletion"  # a finalizer that the server takes away by itself


@dataclass(frozen=True)
class Waiting:
    """On one server. A server that is away for a while is waited for as well."""

    server: Server
    kinds: Kinds
    pace: Pace

    async def for_kind(self, id: Id, say: Say) -> Kind:
        """The kind of that thing. Missing when its definition does not come."""
        told = False
        async for _, last in self.pace.looks(self.pace.kind):
            kind = await self.kinds.of(id.kind, anew=told)
            if kind is not None:
                return kind
            if last:
                break
            if not told:
                say(f"waiting until the cluster knows what a {id.kind} is")
            told = True
        raise Missing(
            f"the cluster does not know what a {id.kind} is",
            where=str(id),
            fix=f"what brings it is not there or not up: `kubectl get crd | grep -i {id.kind}`",
        )

    async def until_ready(
        self, id: Id, path: str, live: Live, say: Say, *, former: Live | None = None
    ) -> Live:
        """As it is when it is ready. NotReady or CrashLoop with the reason, when it is not.

        `former` is the job of a chart as it was before it changed, which tells nothing of it now.
        """
        said, since = "", 0.0
        async for passed, last in self.pace.looks(self.pace.ready):
            live = live if passed == 0 else await self._look(path) or {}
            if not live:
                raise Missing(f"{id} was removed while it was waited for", fix="run it again")
            told = standing(live)
            if told.ready:
                chart = id.kind == "HelmChart"
                return await self._installed(id, path, live, say, former) if chart else live
            found = await self._trouble(live, told)
            if found.why != said:
                say(f"waiting: {found.why}")
                said, since = found.why, passed
            stuck = found.stuck and passed - since >= self.pace.stuck
            if last or found.lost or stuck:
                kind = CrashLoop if found.crashed and found.lost else NotReady
                fix = f"`kubectl describe {id.kind.lower()} {_address(live)}` shows all of it"
                raise kind(found.why, where=str(id), fix=fix)
        raise AssertionError("the last look has answered")

    async def _installed(
        self, id: Id, path: str, live: Live, say: Say, former: Live | None
    ) -> Live:
        """A chart, once the job is done that Helm's controller makes of it.

        Where no controller looks at charts, what needs this one will say so. Where the controller
        has had its time and left `former` there, the change was none of what it installs.
        """
        said = ""
        async for passed, last in self.pace.looks(self.pace.ready):
            job = await self.job(live)
            if former and job and _uid(job) == _uid(former) and passed < self.pace.chart:
                job = None
            told = standing(job) if job else Standing(ready=passed >= self.pace.chart)
            if told.ready:
                return live
            found = await self._trouble(job, told) if job else Trouble("nothing installs it yet")
            if last or found.lost:
                fix = "mend what it says; it is tried again by itself"
                raise NotReady(f"it is not installed: {found.why}", where=str(id), fix=fix)
            if found.why != said:
                say(f"waiting until it is installed: {found.why}")
                said = found.why
            live = await self._look(path) or live
        raise AssertionError("the last look has answered")

    async def job(self, chart: Live) -> Live | None:
        """The job that installs that chart; None before its controller has made one."""
        name = (chart.get("status") or {}).get("jobName")
        path = f"/apis/batch/v1/namespaces/{chart['metadata']['namespace']}/jobs/{name}"
        job: Live | None = await self.server.ask("GET", path, fine=(404,)) if name else None
        return job

    async def _trouble(self, live: Live, told: Standing) -> Trouble:
        """Why it is not ready, as far as anybody can tell."""
        found = None
        if not told.unseen:
            with suppress(RackhouseError):  # it is for words alone
                found = await reason(self.server, live)
        if found is None:
            return Trouble(told.why, lost=told.lost, stuck=told.stuck)
        why = found.why if found.lost else f"{told.why}: {found.why}"
        return replace(found, why=why, lost=found.lost or told.lost)

    async def _look(self, path: str) -> Live | None:
        """The thing; None when it is gone. A server that restarts is waited for."""
        async for _, last in self.pace.looks(self.pace.away):
            try:
                live: Live | None = await self.server.ask("GET", path, fine=(404,))
            except Unavailable:
                if last:
                    raise
                continue
            return live
        raise AssertionError("the last look has answered or raised")

    async def until_gone(self, id: Id, path: str, uid: str, say: Say) -> None:
        """Until it is gone, or another of its name is there. NotReady with what holds it."""
        said = ""
        async for _, last in self.pace.looks(self.pace.gone):
            live = await self._look(path)
            if live is None or live["metadata"].get("uid") != uid:
                return
            why = holding(live)
            if last:
                fix = f"mend that, or see `kubectl describe {id.kind.lower()} {_address(live)}`"
                raise NotReady(f"it does not go: {why}", where=str(id), fix=fix)
            if why != said:
                say(f"waiting until it is gone: {why}")
                said = why


def holding(live: Live) -> str:
    """What keeps a thing that is being removed: conditions of a namespace, finalizers."""
    if live["kind"] == "Namespace":
        conditions = (live.get("status") or {}).get("conditions") or ()
        said = [each.get("message", "") for each in conditions if each.get("status") == "True"]
        if said:
            return "; ".join(said)
    waits = [it for it in live["metadata"].get("finalizers") or () if it != _BY_ITSELF]
    if waits:
        return f"the finalizer {', '.join(waits)} waits for a program that has not answered"
    return "what belongs to it is still ending"


def _uid(live: Live) -> str:
    return str(live["metadata"]["uid"])


def _address(live: Live) -> str:
    namespace = live["metadata"].get("namespace")
    return f"{live['metadata']['name']}{f' -n {namespace}' if namespace else ''}"
