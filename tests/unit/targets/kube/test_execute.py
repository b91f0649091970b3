"""Commands in containers and ports of pods, by WebSockets to a twin that is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Missing, Unavailable
from rackhouse.targets.kube.execute import Terminal, execute
from rackhouse.targets.kube.forward import forwarded
from rackhouse.twin.kube.nodes.images import Image, Ran
from unit.targets.kube.living import PATIENCE, PODS, Living, living

pytestmark = pytest.mark.slow
INTO = (f"{PODS}/web-1", 5432)


def answers(argv: Sequence[str], words: bytes) -> Ran | None:
    if argv[0] != "sh":
        return None
    return Ran(code=3, out=words.upper(), err=b"told: " + argv[-1].encode())


async def run(at: Living, *argv: str, words: Sequence[bytes] = ()) -> tuple[int, bytes, bytes]:
    out, err = bytearray(), bytearray()

    async def typed() -> AsyncIterator[bytes]:
        for each in words:
            yield each

    terminal = Terminal(words=typed(), out=out.extend, err=err.extend)
    code = await execute(at.server.access, f"{PODS}/web-1", "web", argv, terminal)
    return code, bytes(out), bytes(err)


async def test_words_go_in_and_out_and_the_code_comes_back(tmp_path: Path) -> None:
    async with living(tmp_path) as at:
        at.cluster.images.tell("hello:1", Image(answers=answers))
        await at.runs("web-1")
        found = await run(at, "sh", "-c", "a b", words=(b"so ", b"it is"))
        assert found == (3, b"SO IT IS", b"told: a b")
        with pytest.raises(HostError, match='"python": executable file not found'):
            await run(at, "python")


async def test_why_there_is_no_way_in(tmp_path: Path) -> None:
    async with living(tmp_path) as at:
        with pytest.raises(Missing, match='pods "web-1" not found'):
            await run(at, "sh")
    with pytest.raises(Unavailable, match="refuses connections"):
        await run(at, "sh")


async def test_a_port_leads_into_the_pod(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1024):
            writer.write(chunk)
        writer.close()

    listener = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with living(tmp_path) as at:
        at.cluster.images.tell("hello:1", Image(listens={5432: port}))
        await at.runs("web-1")
        async with asyncio.timeout(PATIENCE), forwarded(at.server.access, *INTO) as here:
            said = b"x" * 300_000
            reader, writer = await asyncio.open_connection("127.0.0.1", here)
            writer.write(said)
            assert await reader.readexactly(len(said)) == said
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", here)
        writer.close()
    listener.close()


async def test_a_port_behind_which_nobody_listens_is_closed_at_once(tmp_path: Path) -> None:
    async with living(tmp_path) as at:
        await at.runs("web-1")
        async with asyncio.timeout(PATIENCE), forwarded(at.server.access, *INTO) as here:
            reader, writer = await asyncio.open_connection("127.0.0.1", here)
            assert await reader.read() == b""
            writer.close()


async def test_a_pod_that_is_not_there_has_no_port(tmp_path: Path) -> None:
    async with living(tmp_path) as at:
        with pytest.raises(Missing, match="not found"):
            async with forwarded(at.server.access, *INTO):
                pass
