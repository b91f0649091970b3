"""What applications on clusters have said and say, as lines beside those of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.cluster.whereabouts import NAME, server_of
from rackhouse.operations.logs import Line, clean
from rackhouse.targets.kube.logs import Follower, Said, last, sources
from rackhouse.targets.kube.server import Server

Trouble = Callable[[RackhouseError], None]
_HELD = 1000  # lines that wait for whoever reads


async def tail(
    house: OpenRack,
    places: Mapping[str, str],
    count: int,
    *,
    previous: bool = False,
    trouble: Trouble | None = None,
) -> list[Line]:
    """The last `count` lines of each container, all by their time. `places`: the cluster of each
    application. `previous`: of those that ended before the present ones. A cluster that is away is
    told to `trouble`, and without that it is the error of all.
    """
    each = (_last(house, it, count, previous=previous) for it in by_cluster(places))
    shown: list[Said] = []
    for found in await asyncio.gather(*each, return_exceptions=True):
        if isinstance(found, RackhouseError) and trouble:
            trouble(found)
        elif isinstance(found, BaseException):
            raise found
        else:
            shown += found
    return _lines(shown)


def by_cluster(places: Mapping[str, str]) -> list[Mapping[str, str]]:
    """The same, a part for each cluster."""
    return [
        {name: at for name, at in places.items() if at == cluster}
        for cluster in sorted(set(places.values()))
    ]


async def _last(
    house: OpenRack, places: Mapping[str, str], count: int, *, previous: bool
) -> list[Said]:
    async with _applications(house, places) as found:
        shown = await asyncio.gather(*(it.tail(count, previous=previous) for it in found))
    return [said for lines in shown for said in lines]


async def follow(
    house: OpenRack, places: Mapping[str, str], count: int, trouble: Trouble
) -> AsyncGenerator[Line, None]:
    """What `tail` answers, then what is said from then on, also by pods that are new. Never ends.

    `trouble` is told of a cluster that is away; it is asked again until it is back.
    """
    queue: asyncio.Queue[Said] = asyncio.Queue(_HELD)
    async with _applications(house, places) as found:
        shown = await asyncio.gather(*(it.tail(max(count, 1)) for it in found))
        followers = [it.follower(queue, trouble) for it in found]
        for follower, lines in zip(followers, shown, strict=True):
            for said in lines:
                follower.seen(said)
        tasks = [asyncio.create_task(it.run()) for it in followers]
        try:
            for line in _lines(said for lines in shown for said in lines) if count else ():
                yield line
            while True:
                yield _line(await queue.get())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class _Application:
    """One of them: its namespace is called as it is."""

    name: str
    server: Server

    @property
    def selector(self) -> str:
        """Its pods; what others made there is not ours to tell."""
        return f"{NAME}={self.name}"

    async def tail(self, count: int, *, previous: bool = False) -> list[Said]:
        """The last lines of each of its containers."""
        found = await sources(self.server, self.name, self.selector)
        each = (last(self.server, it, count, previous=previous) for it in found)
        return [said for lines in await asyncio.gather(*each) for said in lines]

    def follower(self, queue: asyncio.Queue[Said], trouble: Trouble) -> Follower:
        """Which hands what is said to `queue`."""
        return Follower(self.server, self.name, self.selector, tell=queue.put, trouble=trouble)


@asynccontextmanager
async def _applications(
    house: OpenRack, places: Mapping[str, str]
) -> AsyncIterator[list[_Application]]:
    """With a way to the cluster of each."""
    async with AsyncExitStack() as stack:
        servers = {
            name: await stack.enter_async_context(server_of(house, name))
            for name in sorted(set(places.values()))
        }
        yield [_Application(name, servers[cluster]) for name, cluster in places.items()]


def _lines(found: Iterable[Said]) -> list[Line]:
    return [_line(said) for said in sorted(found, key=lambda said: said.moment)]


def _line(said: Said) -> Line:
    """`hello.web@x2k4p`: the application, the container, the end of its pod's name."""
    source, at = said.source, datetime.fromtimestamp(said.moment / 10**9, UTC)
    unit = f"{source.namespace}.{source.container}@{source.pod.rpartition('-')[2]}"
    return Line(unit, clean(said.text), at.isoformat(timespec="milliseconds"))
