"""Many objects at once: side by side, and never so many that a small server is buried."""

from __future__ import annotations

import asyncio

import httpx

from rackhouse.twin.kube.cluster import Cluster
from unit.targets.kube.place import Lab, made

MOST = 16
SPACE = made("Namespace", "hello")


class Counted(httpx.AsyncBaseTransport):
    """A way to the server on which each request takes a turn of the loop."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner, self.now, self.most = inner, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self.now -= 1


async def test_so_many_requests_are_made_at_once_and_no_more() -> None:
    ways: list[Counted] = []

    def counted(inner: httpx.AsyncBaseTransport) -> Counted:
        ways.append(Counted(inner))
        return ways[-1]

    lab = Lab(Cluster(), cut=counted)
    await lab.ensure(SPACE)
    maps = [made("ConfigMap", f"config-{number}", "hello") for number in range(40)]
    await asyncio.gather(*map(lab.ensure, maps))
    found = await lab.target.observe(None)
    assert {seen.id for seen in found} == {SPACE.id, *(it.id for it in maps)}
    assert ways[0].most == MOST
