"""A thousand streams at once through one gateway: each whole, each settled once."""

from __future__ import annotations

import asyncio
import resource

import aiohttp
import pytest

from fakes.models.counted import counted
from fakes.models.desk import Desk, desk
from fakes.models.script import Act
from fakes.models.waiting import until

STREAMS = 1000
FILES = 5 * STREAMS  # four ends of two connections for each, in this one process


async def _stream(session: aiohttp.ClientSession, one: Desk) -> bytes:
    body = {"model": "chat", "stream": True, "messages": [{"role": "user", "content": "?"}]}
    async with session.post(f"{one.url}/v1/chat/completions", json=body) as response:
        return await response.read()


async def _all(one: Desk) -> list[bytes]:
    headers = {"authorization": one.client.headers["authorization"]}
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        headers=headers, connector=connector, timeout=timeout
    ) as session:
        return await asyncio.gather(*(_stream(session, one) for _ in range(STREAMS)))


@pytest.mark.slow
def test_a_thousand_streams_at_once() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"this account may open {hard} files, and {FILES} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    try:
        with desk(("only",)) as one:
            ledger = counted(one.gateway)
            one.scripts["only"].always = Act(together=STREAMS)
            answers = asyncio.run(_all(one))
            assert one.scripts["only"].most_active == STREAMS
            assert all(each.endswith(b"data: [DONE]\n\n") for each in answers)
            assert {each.count(b"data: ") for each in answers} == {13}
            until(lambda: ledger.even)
            assert (len(ledger.held), one.scripts["only"].left) == (STREAMS, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
