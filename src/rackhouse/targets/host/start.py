"""Starts the agent on a host: one channel, the program sent, its first word awaited."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.targets.host import sources
from rackhouse.transport.channel import Channel, Connection, Ended

PATIENCE = 30.0  # seconds for Python to start on a Pi that is busy


async def start(connection: Connection, where: str, *, sudo: bool, root: str = "") -> Channel:
    """A channel on which the agent listens. HostError names what the host lacks."""
    argv = ("sudo", "-n", "--", *sources.START) if sudo else sources.START
    channel = await connection.open(argv)
    try:
        async with asyncio.timeout(PATIENCE):
            await channel.write(sources.program(root))
            await receive(channel)
    except TimeoutError:
        await channel.close()
        fix = "look at its load and disk; then try again"
        what = f"Python did not start there within {PATIENCE:.0f} s"
        raise Unavailable(what, where=where, fix=fix) from None
    except EOFError:
        raise _why(await channel.ended(), where) from None
    return channel


async def receive(channel: Channel) -> Any:
    """The agent's next message. EOFError when it is gone."""
    size = int.from_bytes(await channel.read(4), "big")
    return json.loads(await channel.read(size))


async def send(channel: Channel, value: Any) -> None:
    """A message to the agent. EOFError when it is gone."""
    # Characters as they are: the agent's reader knows no pairs of escapes.
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    await channel.write(len(body).to_bytes(4, "big") + body)


def _why(ended: Ended, where: str) -> HostError | Unavailable:
    last = ended.err.splitlines()[-1] if ended.err else ""
    if ended.code is None:
        fix = "try again; if it goes again, look at its power and network"
        return Unavailable("the connection broke while the agent started", where=where, fix=fix)
    if "password is required" in last or "not in the sudoers" in last or "may not run" in last:
        fix = "a line `USER ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d/rackhouse of that machine"
        return HostError(f"sudo asks for a password there: {last}", where=where, fix=fix)
    if ended.code == 127 and "sudo" in last and "python3" not in last:
        return HostError(
            "there is no sudo", where=where, fix="apt install sudo, or come in as root"
        )
    if "python3" in last and ("not found" in last or "No such file" in last):
        return HostError("there is no python3", where=where, fix="apt install python3-minimal")
    said = last or "nothing"
    what = f"the agent ended before it began: exit code {ended.code}, it said: {said}"
    return HostError(what, where=where, fix="try `ssh HOST python3 --version` by hand")
