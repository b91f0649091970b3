"""A command in a container that runs: what goes in, what comes out, and its exit code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.targets.kube.channels import channels, frames
from rackhouse.targets.kube.kubeconfig import Access

_PROTOCOL = "v5.channel.k8s.io"  # the first in which the end of what goes in can be told: 1.30
_IN, _OUT, _ERR, _END, _SIZE, _CLOSE = 0, 1, 2, 3, 4, 255


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """Both ends here. `words` is what goes in, until it ends; `sizes` the columns and rows of a
    terminal, whenever they change; None where there is no terminal.
    """

    words: AsyncIterator[bytes]
    out: Callable[[bytes], None]
    err: Callable[[bytes], None]
    sizes: AsyncIterator[tuple[int, int]] | None = None


async def execute(
    access: Access, pod: str, container: str, argv: Sequence[str], terminal: Terminal
) -> int:
    """Run `argv` in the pod whose path is `pod`; its exit code. HostError: it cannot be started."""
    query = [("container", container), *(("command", word) for word in argv)]
    query += [("stdin", "true"), ("stdout", "true")]
    query += [("stderr", "true") if terminal.sizes is None else ("tty", "true")]
    async with channels(access, f"{pod}/exec", query, _PROTOCOL) as there:
        tasks = [asyncio.create_task(_send_words(there, terminal.words))]
        if terminal.sizes is not None:
            tasks.append(asyncio.create_task(_send_sizes(there, terminal.sizes)))
        try:
            return await _listen(access, there, terminal)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(access: Access, there: ClientConnection, terminal: Terminal) -> int:
    async for stream, content in frames(there, access.server):
        if stream == _OUT and content:
            terminal.out(content)
        elif stream == _ERR and content:
            terminal.err(content)
        elif stream == _END:
            return _code(json.loads(content), access.server)
    what = "the connection ended before the command did, or before it said so"
    raise Unavailable(what, where=access.server, fix="run it again")


async def _send_words(there: ClientConnection, words: AsyncIterator[bytes]) -> None:
    with suppress(ConnectionClosed):
        async for chunk in words:
            await there.send(bytes([_IN]) + chunk)
        await there.send(bytes([_CLOSE, _IN]))


async def _send_sizes(there: ClientConnection, sizes: AsyncIterator[tuple[int, int]]) -> None:
    with suppress(ConnectionClosed):
        async for columns, rows in sizes:
            size = json.dumps({"Width": columns, "Height": rows}).encode()
            await there.send(bytes([_SIZE]) + size)


def _code(status: Any, where: str) -> int:
    """From a Status: how the command ended, or why it never began."""
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    said = str(status.get("message") or "it does not say why").rpartition("exec failed: ")[2]
    fix = "name a program that its image has: not every image has a shell"
    raise HostError(f"the command cannot be started there: {said}", where=where, fix=fix)
