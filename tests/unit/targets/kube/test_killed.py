"""Away or killed at every request: the next apply ends where an uninterrupted one does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from rackhouse.kit.errors import Unavailable
from rackhouse.resources.core import Resource, Text
from rackhouse.store.memory import MemoryStore
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.node import Node, join
from unit.targets.kube.place import PATIENT, Lab, driven, made, secret, web

pytestmark = pytest.mark.slow
SPACE = made("Namespace", "hello")
FIRST = (
    SPACE,
    made("ConfigMap", "config", "hello", data={"a": "1", "b": "1"}),
    secret("application", "hello", key=Text.of("one")),
    made("ConfigMap", "leaves", "hello", data={"a": "1"}),
)
SECOND = (
    SPACE,
    made("ConfigMap", "config", "hello", data={"a": "2"}),
    secret("application", "hello", key=Text.of("two")),
)


class Cut(httpx.AsyncBaseTransport):
    """A way to the server that breaks at its `at`-th request: before it arrives, or after."""

    def __init__(self, inner: httpx.AsyncBaseTransport, at: int, *, arrives: bool) -> None:
        self._inner, self._left, self._arrives = inner, at, arrives

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left < 0 or (self._left == 0 and not self._arrives):
            raise httpx.ConnectError("away")
        answer = await self._inner.handle_async_request(request)
        if self._left == 0:
            raise httpx.ReadError("away")
        return answer


async def make(
    lab: Lab, wanted: tuple[Resource[Any], ...], leaving: tuple[Resource[Any], ...]
) -> None:
    """All that is wanted, then what is not any more: as an apply does."""
    for each in wanted:
        await lab.ensure(each)
    for each in leaving:
        await lab.remove(each)


async def picture(lab: Lab) -> list[tuple[Any, ...]]:
    """Everything of ours, as it is, finished."""
    seen = await lab.target.observe(None)
    return [
        (it.id, it.found, it.ready, it.stamp and it.stamp.found == it.found, it.stamp.digest)
        for it in seen
        if it.stamp
    ]


@pytest.mark.parametrize("arrives", [True, False], ids=["after", "before"])
async def test_cut_off_at_every_request_the_next_apply_ends_the_same(arrives: bool) -> None:
    leaving = (FIRST[-1],)
    whole = Lab(Cluster())
    await make(whole, FIRST, ())
    await make(whole, SECOND, leaving)
    wanted = await picture(whole)
    cuts = 0
    for at in range(1, 200):
        lab = Lab(Cluster(), store=whole.store)
        await make(lab, FIRST, ())
        cut = Lab(
            lab.cluster, store=whole.store, cut=lambda way, at=at: Cut(way, at, arrives=arrives)
        )
        try:
            await make(cut, SECOND, leaving)
        except Unavailable:
            cuts += 1
        else:
            break
        await make(lab, SECOND, leaving)
        assert await picture(lab) == wanted
    assert cuts > 15


async def test_a_rollout_that_is_cut_off_at_every_request_is_finished_by_the_next() -> None:
    store = MemoryStore()
    for at in range(1, 60):
        cluster = Cluster()
        join(cluster, Node(name="pi-1"))
        async with driven(cluster):
            lab = Lab(cluster, pace=PATIENT, store=store)
            await make(lab, (SPACE, web("hello:r1")), ())
            cut = Lab(cluster, store=store, cut=lambda way, at=at: Cut(way, at, arrives=True))
            try:
                await cut.ensure(web("hello:r2"))
            except Unavailable:
                done = False
            else:
                done = True
            seen = await lab.ensure(web("hello:r2"))
            assert seen.stamp
            assert (seen.ready, seen.stamp.found) == (True, seen.found)
            assert await lab.images() == ["hello:r2"]
        if done:
            break
    assert done
