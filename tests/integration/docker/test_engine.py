"""The connection to an engine: the version that both speak, and an engine that is not there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from integration.docker.conftest import id_of, on
from integration.docker.daemon import Daemon
from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.docker import open_target
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.docker.line import Here


@pytest.mark.slow
async def test_the_engine_s_own_version_is_spoken(engine: Engine) -> None:
    told = await engine.ask("GET", "/version")
    assert await engine.ask("GET", "/info")
    newest = tuple(map(int, told["ApiVersion"].split(".")))
    assert engine._version == f"/v1.{min(newest[1], 47)}"


@pytest.mark.slow
async def test_a_target_that_is_closed_leaves_the_engine_alone(
    daemon: Daemon, tmp_path: Path
) -> None:
    target = on(daemon, MemoryStore(), tmp_path)
    assert await target.observe({id_of("container", "nothing")}) == []
    await target.close()


async def test_no_engine_is_unavailable_and_said_where(tmp_path: Path) -> None:
    socket = str(tmp_path / "docker.sock")
    target = open_target(
        "docker.forge", {"socket": socket}, rack="r", paths=Paths(tmp_path), store=MemoryStore()
    )
    with pytest.raises(Unavailable, match="does not answer") as caught:
        await target.observe(None)
    assert socket in caught.value.where
    await target.close()


@pytest.mark.parametrize(
    ("newest", "oldest"), [("1.40", "1.12"), ("1.60", "1.50")], ids=["too old", "too new"]
)
async def test_an_engine_that_speaks_no_version_of_ours_is_told(
    newest: str, oldest: str, tmp_path: Path
) -> None:
    """No such engine can be had here, so one line of HTTP stands for its only answer."""
    body = json.dumps({"Version": "x", "ApiVersion": newest, "MinAPIVersion": oldest}).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    socket = str(tmp_path / "s")
    async with await asyncio.start_unix_server(answer, socket):
        engine = Engine(Here(socket))
        with pytest.raises(HostError, match=f"speaks API {newest}"):
            await engine.ask("GET", "/info")
        await engine.close()
