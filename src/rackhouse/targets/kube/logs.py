"""What containers have said and say: the end of each log, and from then on. Changes nothing.

A container's log is asked for with the time of each line, so that one which is asked for again,
after a cut or a restart, goes on behind the last line that was seen: none twice, none left out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rackhouse.kit.errors import RackhouseError
from rackhouse.targets.kube.server import Server

LOOK = 2.0  # seconds between looks for pods that are new, and for containers that began again
_TIME = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A container that has run: the one of that many `restarts`. `over`: it has ended."""

    namespace: str
    pod: str
    uid: str
    container: str
    restarts: int = 0
    over: bool = False

    @property
    def path(self) -> str:
        """Where its log is."""
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.pod}/log"

    @property
    def place(self) -> tuple[str, str]:
        """What stays the same when it begins again."""
        return self.uid, self.container


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line; `moment` is in nanoseconds since 1970, by the clock of its node."""

    source: Source
    moment: int
    text: bytes


async def sources(server: Server, namespace: str, selector: str) -> list[Source]:
    """Every container that has begun of the pods there, pods in the order of their making."""
    path, query = f"/api/v1/namespaces/{namespace}/pods", {"labelSelector": selector}
    pods = [pod async for pod in server.listed(path, query=query)]
    pods.sort(key=lambda pod: str(pod["metadata"].get("creationTimestamp") or ""))
    return [source for pod in pods for source in _of(pod)]


async def last(server: Server, source: Source, count: int, *, previous: bool = False) -> list[Said]:
    """The last `count` lines; `previous`: of the one before it, none where there was none."""
    query = {"container": source.container, "tailLines": str(count), "timestamps": "true"}
    more = {"previous": "true"} if previous else {}
    text = await server.text(source.path, {**query, **more})
    return [_said(source, line.encode()) for line in text.split("\n") if line]


class Follower:
    """Follows the containers of all pods that a selector finds, also of those that come."""

    def __init__(
        self,
        server: Server,
        namespace: str,
        selector: str,
        *,
        tell: Callable[[Said], Awaitable[None]],
        trouble: Callable[[RackhouseError], None],
    ) -> None:
        self._server, self._namespace, self._selector = server, namespace, selector
        self._tell, self._trouble = tell, trouble
        self._places: dict[tuple[str, str], _Place] = {}
        self._tasks: dict[tuple[str, str], tuple[int, asyncio.Task[bool]]] = {}
        self._looked = False

    def seen(self, said: Said) -> None:
        """This line was shown already."""
        source = said.source
        self._places.setdefault(source.place, _Place(source.restarts)).passed(said)

    async def run(self, look: float = LOOK) -> None:
        """Never ends. `trouble` is told once of a cluster that is away, until it is back."""
        silent = False
        try:
            while True:
                try:
                    await self._look()
                    silent = False
                except RackhouseError as error:
                    if not silent:
                        self._trouble(error)
                    silent = True
                    await self._stop()  # of a connection that hangs nobody hears
                await asyncio.sleep(look)
        finally:
            await self._stop()

    async def _look(self) -> None:
        there = await sources(self._server, self._namespace, self._selector)
        for source in there:
            restarts, task = self._tasks.get(source.place, (0, None))
            if task is not None and restarts == source.restarts:
                if not task.done() or (source.over and task.result()):
                    continue
            elif task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            news = asyncio.create_task(self._follow(source, self._place(source)))
            self._tasks[source.place] = source.restarts, news
        self._looked = True

    def _place(self, source: Source) -> _Place:
        """What began before we did is read from where it is now; what is new, from its start."""
        new = _Place(0 if self._looked else source.restarts)
        return self._places.setdefault(source.place, new)

    async def _follow(self, source: Source, place: _Place) -> bool:
        """Until it ends, or the connection does. Whether all was read that there will ever be."""
        if source.restarts != place.restarts:
            with suppress(RackhouseError):  # the one before may be forgotten
                await self._read(source, place, previous="true")
            if not source.over:
                place.begin(source.restarts)
        try:
            await self._read(source, place, follow="true")
        except RackhouseError:
            return False
        return source.over

    async def _read(self, source: Source, place: _Place, **how: str) -> None:
        query = {"container": source.container, "timestamps": "true", **place.since, **how}
        is_new = place.again()
        async for line in self._server.lines(source.path, query):
            said = _said(source, line)
            if is_new(said):
                place.passed(said)
                await self._tell(said)

    async def _stop(self) -> None:
        tasks = [task for _, task in self._tasks.values()]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Place:
    """How far the log of a container was read: which `restarts` of it, the time of the last line,
    and how many lines have that time.
    """

    def __init__(self, restarts: int) -> None:
        self.begin(restarts)

    def begin(self, restarts: int) -> None:
        """It is another that nothing was read of."""
        self.restarts, self._moment, self._alike = restarts, 0, 0

    def passed(self, said: Said) -> None:
        """It was read."""
        self._alike = self._alike + 1 if said.moment == self._moment else 1
        self._moment = said.moment

    @property
    def since(self) -> dict[str, str]:
        """From where to ask; a server counts in whole seconds."""
        if not self._moment:
            return {}
        second = datetime.fromtimestamp(self._moment // 10**9, UTC)
        return {"sinceTime": second.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def again(self) -> Callable[[Said], bool]:
        """Tells of each line of a log that is read again whether it is behind this place."""
        moment, left, behind = self._moment, self._alike, False

        def is_new(said: Said) -> bool:
            nonlocal left, behind
            if behind or said.moment > moment:
                behind = True
            elif said.moment == moment:
                left -= 1
                behind = left < 0
            return behind

        return is_new


def _of(pod: Mapping[str, Any]) -> Iterator[Source]:
    about, status = pod["metadata"], pod.get("status") or {}
    for each in (
        *(status.get("initContainerStatuses") or ()),
        *(status.get("containerStatuses") or ()),
    ):
        state = each.get("state") or {}
        restarts = int(each.get("restartCount") or 0)
        if "running" in state or "terminated" in state or restarts:
            yield Source(
                namespace=about["namespace"],
                pod=about["name"],
                uid=about["uid"],
                container=each["name"],
                restarts=restarts,
                over="running" not in state,
            )


def _said(source: Source, line: bytes) -> Said:
    """From `2026-11-22T00:09:11.141249119Z words`."""
    match = _TIME.match(line)
    if match is None:
        return Said(source=source, moment=0, text=line)
    second, part, zone = (each.decode() for each in match.groups(b""))
    at = datetime.fromisoformat(second + zone.replace("Z", "+00:00"))
    moment = int(at.timestamp()) * 10**9 + int(part.ljust(9, "0") or 0)
    return Said(source=source, moment=moment, text=line[match.end() :])
