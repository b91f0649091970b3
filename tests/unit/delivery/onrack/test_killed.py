"""Killed at every request: something serves at every moment, and the next release goes on."""

from __future__ import annotations

import httpx
import pytest

from rackhouse.delivery.onrack.records import Records
from rackhouse.delivery.onrack.release import release
from unit.delivery.onrack.place import HELLO, coming, house, image, later, released
from unit.targets.kube.place import Lab

pytestmark = pytest.mark.slow
MOST = 60  # requests of a release; one that is not killed ends the test


class Killed(BaseException):
    """`kill -9`, as seen from inside."""


class Deadly(httpx.AsyncBaseTransport):
    """A way to the server on which we are killed with the `at`-th request, once it has arrived."""

    def __init__(self, inner: httpx.AsyncBaseTransport, at: int) -> None:
        self._inner, self._left = inner, at

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left < 0:
            raise Killed
        answer = await self._inner.handle_async_request(request)
        if self._left == 0:
            raise Killed
        return answer


async def test_the_next_one_goes_live_all_the_same() -> None:
    for at in range(1, MOST):
        if not await _killed(at):
            assert at > 10, "it asks for more than that"
            return
    raise AssertionError("a release asks without end")


async def _killed(at: int) -> bool:
    async with house(released(HELLO, 1)) as made:
        dying = Lab(made.lab.cluster, pace=made.lab.pace, cut=lambda way: Deadly(way, at))
        door = made.door
        try:
            where = type(door)(application="hello", server=dying.way, opens=lambda _: dying.target)
            await release(where, coming(), made.heard.append)
        except Killed:
            killed = True
        else:
            killed = False
        assert await made.ready() in ({image(1)}, {image(7)}, {image(1), image(7)})
        later(made, minutes=11)
        done = await release(door, coming(number=8), made.heard.append)
        assert await made.serving() == image(8)
        records = await Records(made.lab.way, "hello").all()
        assert [it.number for it in records if it.status.value == "live"] == [done.number]
        assert not [it for it in records if it.status.value == "new"]
        return killed
