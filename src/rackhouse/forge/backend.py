"""git http-backend: a CGI program behind ASGI, streamed both ways, no pack ever in memory.

What a client sends is handed on as git takes it, and what git says as the client takes it. A client
that leaves in the middle of a push leaves the repository as it was: git keeps what comes in a
quarantine of its own, and throws that away. One that leaves after that has pushed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
from asyncio.subprocess import Process
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import Receive, Send

from rackhouse.forge.visit import RECEIVE, Visit
from rackhouse.kit.process import open_pipes

CHUNK = 65536
_STALLED = 120.0  # seconds without a byte, either way, after which a client has gone
_LAST = 10.0  # seconds for git to tidy up after a client that has gone
_VERSION = re.compile(r"version=[0-2]")

_log = logging.getLogger("rackhouse.forge")


async def converse(visit: Visit, request: Request, send: Send, env: Mapping[str, str]) -> None:
    """Let git answer this request."""
    env = {**env, **_cgi(visit, request)}
    process = await open_pipes(["git", "http-backend"], env=env, folder=visit.folder, buffer=CHUNK)
    grumbling = asyncio.create_task(_grumbles(process))
    listening = asyncio.create_task(_feed(process, request.receive, visit))
    answering = asyncio.create_task(_relay(process, send, visit))
    try:
        await asyncio.wait({listening, answering}, return_when=asyncio.FIRST_COMPLETED)
        pushed = visit.service == RECEIVE and visit.arrived
        await asyncio.wait({answering}, timeout=None if pushed else _LAST)
    finally:
        visit.gone.set()
        await _end(process)
        for task in (listening, answering):
            task.cancel()
        done = await asyncio.gather(listening, answering, grumbling, return_exceptions=True)
        if process.returncode and not isinstance(done[0], ConnectionError):
            _log.warning("git on %s: %s", visit.folder.name, done[2])


async def _feed(process: Process, receive: Receive, visit: Visit) -> None:
    """The request's body to git, as fast as git takes it; ends when the client has left."""
    stdin, more, heard = process.stdin, True, True
    assert stdin is not None
    try:
        while more:
            async with asyncio.timeout(_STALLED):
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionError("the client has left")
                more = message.get("more_body", False)
                try:
                    if heard and (chunk := message.get("body", b"")):
                        stdin.write(chunk)
                        await stdin.drain()
                except ConnectionError:  # git knows enough; the client may say the rest to nobody
                    heard = False
        visit.arrived = True
    finally:
        stdin.close()
        visit.silent.set()
    while (await receive())["type"] != "http.disconnect":
        pass
    visit.gone.set()


async def _relay(process: Process, send: Send, visit: Visit) -> None:
    """What git says to the client: a CGI answer, its head first. Nobody need be there."""
    stdout = process.stdout
    assert stdout is not None
    status, headers = await _head(stdout)
    await _say(send, type="http.response.start", status=status, headers=headers)
    while chunk := await stdout.read(CHUNK):
        await _say(send, type="http.response.body", body=chunk, more_body=True)
    # Its last word not before the client's: one that still sends would not hear it.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_STALLED):
            await visit.silent.wait()
    await _say(send, type="http.response.body", body=b"", more_body=False)


async def _head(stdout: asyncio.StreamReader) -> tuple[int, list[tuple[bytes, bytes]]]:
    status, headers = 200, []
    while line := (await stdout.readline()).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"status":
            status = int(value.split()[0])
        else:
            headers.append((name.lower(), value.strip()))
    return (status if headers else 500), headers


async def _say(send: Send, **message: object) -> None:
    async with asyncio.timeout(_STALLED):
        await send(message)


async def _grumbles(process: Process) -> str:
    """The end of what git says to the log."""
    assert process.stderr is not None
    said = b""
    while chunk := await process.stderr.read(CHUNK):
        said = (said + chunk)[-1000:]
    return said.decode(errors="replace").strip()


async def _end(process: Process) -> None:
    """Wait for git, whose output has ended; one that does not end is made to, tidily at first."""
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST if number else 1.0):
                await process.wait()
                return


def _cgi(visit: Visit, request: Request) -> dict[str, str]:
    """The request as CGI has it. Of the client's words, only those that git needs."""
    headers, action = request.headers, request.url.path.partition("/")[2].partition("/")[2]
    version = headers.get("git-protocol", "")
    found = {
        "REQUEST_METHOD": request.method,
        "GIT_PROJECT_ROOT": str(visit.folder.parent),
        "PATH_INFO": f"/{visit.folder.name}/{action}",
        "QUERY_STRING": request.url.query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "REMOTE_USER": visit.caller.person,
        "REMOTE_ADDR": "127.0.0.1",
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": version if _VERSION.fullmatch(version) else "",
    }
    length = headers.get("content-length", "")
    return {**found, "CONTENT_LENGTH": length} if length.isdecimal() else found
