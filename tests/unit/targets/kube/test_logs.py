"""Logs of containers: merged by time, followed over cuts and rollouts, none twice, none lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.targets.kube.logs import Follower, Said, Source, _Place, _said, last, sources
from rackhouse.twin.kube.faults import Fault
from rackhouse.twin.kube.nodes.images import Image
from unit.targets.kube.living import NAMESPACE, PATIENCE, SELECTOR, Living, living

SOURCE = Source(namespace="default", pod="web-1", uid="u", container="web")
SECOND = 10**9


@pytest.mark.parametrize(
    ("line", "moment", "text"),
    [
        (b"1970-01-01T00:00:01.5Z hello", SECOND + SECOND // 2, b"hello"),
        (b"1970-01-01T01:00:01.000000001+01:00 ", SECOND + 1, b""),
        (b"1970-01-01T00:00:01Z 2 words", SECOND, b"2 words"),
        (b"no time at all", 0, b"no time at all"),
    ],
)
def test_each_line_has_its_time_wherever_its_node_is(line: bytes, moment: int, text: bytes) -> None:
    said = _said(SOURCE, line)
    assert (said.moment, said.text) == (moment, text)


@given(st.lists(st.integers(0, 5 * SECOND), max_size=12), st.data())
def test_what_is_read_again_goes_on_behind_the_last_line(
    moments: list[int], data: st.DataObject
) -> None:
    """However often it is cut, and however many lines have one moment."""
    # Most of them alike: a clock that ticks seldom.
    rough = [moment // (SECOND // 2) * (SECOND // 2) + SECOND for moment in sorted(moments)]
    lines = [
        Said(source=SOURCE, moment=moment, text=str(number).encode())
        for number, moment in enumerate(rough)
    ]
    place, read = _Place(0), list[Said]()
    while len(read) < len(lines):
        is_new = place.again()
        since = 0 if not read else read[-1].moment // SECOND * SECOND
        again = [said for said in lines if said.moment >= since]  # a server counts in seconds
        fresh = [said for said in again if is_new(said)]
        assert fresh == lines[len(read) :]
        for said in fresh[: data.draw(st.integers(1, len(fresh)))]:
            place.passed(said)
            read.append(said)
    assert read == lines


@asynccontextmanager
async def followed(
    at: Living,
) -> AsyncIterator[tuple[asyncio.Queue[str], list[RackhouseError]]]:
    """What is said, and what is wrong, while it is followed."""
    queue, wrong = asyncio.Queue[str](), list[RackhouseError]()

    async def tell(said: Said) -> None:
        await queue.put(f"{said.source.pod} {said.text.decode()}")

    it = Follower(at.server, NAMESPACE, SELECTOR, tell=tell, trouble=wrong.append)
    task = asyncio.create_task(it.run(0.05))
    try:
        yield queue, wrong
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def taken(queue: asyncio.Queue[str], count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        return [await queue.get() for _ in range(count)]


@pytest.mark.slow
async def test_a_cut_connection_goes_on_and_pods_that_come_are_followed(tmp_path: Path) -> None:
    async with living(tmp_path) as at, followed(at) as (queue, wrong):
        await at.runs("web-1")
        await at.says("web-1", "a", "b")
        assert await taken(queue, 2) == ["web-1 a", "web-1 b"]
        at.cluster.logs.cut()
        await at.says("web-1", "c", "c")
        assert await taken(queue, 2) == ["web-1 c", "web-1 c"]
        at.cluster.images.tell("hello:2", Image(logs=("first word",)))
        await at.runs("web-2", "hello:2")
        await at.says("web-2", "d")
        assert await taken(queue, 2) == ["web-2 first word", "web-2 d"]
        at.cluster.logs.cut()
        await at.says("web-1", "e")
        assert await taken(queue, 1) == ["web-1 e"]
        assert (queue.empty(), wrong) == (True, [])


@pytest.mark.slow
async def test_a_cluster_that_is_away_is_said_once_and_what_was_said_meanwhile_comes(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as at, followed(at) as (queue, wrong):
        await at.runs("web-1")
        await at.says("web-1", "a")
        assert await taken(queue, 1) == ["web-1 a"]
        at.cluster.faults.tell(Fault(what="away", asked="GET *"))
        at.cluster.logs.cut()
        async with asyncio.timeout(PATIENCE):
            while not wrong:
                await asyncio.sleep(0.02)
        at.cluster.faults.mend()
        await at.says("web-1", "b")
        assert await taken(queue, 1) == ["web-1 b"]
        [error] = wrong
        assert isinstance(error, Unavailable)


@pytest.mark.slow
async def test_the_end_of_each_log_and_what_one_that_crashed_said(tmp_path: Path) -> None:
    async with living(tmp_path) as at:
        at.cluster.images.tell("bad", Image(exits=3, logs=("no database", "giving up")))
        await at.runs("web-1")
        await at.runs("web-2", "bad")
        await at.says("web-1", "a", "b", "c")
        good, bad = await sources(at.server, NAMESPACE, SELECTOR)
        assert [it.text for it in await last(at.server, good, 2)] == [b"b", b"c"]
        assert await last(at.server, good, 2, previous=True) == []
        ended = await last(at.server, bad, 5, previous=True)
        assert [it.text for it in ended] == [b"no database", b"giving up"]
        assert (good.over, bad.over) == (False, True)
