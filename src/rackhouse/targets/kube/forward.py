"""A port of the loopback that leads to a port of a pod, for as long as it is open.

Each connection is a WebSocket of its own to the API server; no NetworkPolicy is in its way. The
first message of each stream there is the number of the port alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from rackhouse.kit.errors import RackhouseError
from rackhouse.targets.kube.channels import channels, frames
from rackhouse.targets.kube.kubeconfig import Access

_PROTOCOL = "v4.channel.k8s.io"
_DATA, _ERROR = 0, 1
_CHUNK = 65536


@asynccontextmanager
async def forwarded(access: Access, pod: str, port: int) -> AsyncIterator[int]:
    """The port here that leads to `port` of the pod whose path is `pod`; shut at the end.

    The way there is tried at once. Unavailable, Missing: there is none.
    """
    where = f"{pod}/portforward", [("ports", str(port))]
    async with channels(access, *where, _PROTOCOL):
        pass  # somebody answers; who connects to us could not be told that nobody does

    open_ones: set[asyncio.Task[None]] = set()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(pass_on(reader, writer))
        open_ones.add(task)
        task.add_done_callback(open_ones.discard)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(RackhouseError, OSError):
                async with channels(access, *where, _PROTOCOL) as there:
                    await _both(there, reader, writer, access.server)
        finally:
            writer.close()

    listener = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        number: int = listener.sockets[0].getsockname()[1]
        yield number
    finally:
        listener.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _both(
    there: ClientConnection,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    where: str,
) -> None:
    """Until either side has ended."""
    tasks = (
        asyncio.create_task(_out(there, reader)),
        asyncio.create_task(_in(there, writer, where)),
    )
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _out(there: ClientConnection, reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionClosed):
        while chunk := await reader.read(_CHUNK):
            await there.send(bytes([_DATA]) + chunk)


async def _in(there: ClientConnection, writer: asyncio.StreamWriter, where: str) -> None:
    silent = {_DATA, _ERROR}  # streams that have not named their port yet
    async for stream, content in frames(there, where):
        if stream in silent:
            silent.remove(stream)
        elif stream == _DATA:
            writer.write(content)
            await writer.drain()
        elif stream == _ERROR:
            return  # nobody listens there, or the pod is gone
