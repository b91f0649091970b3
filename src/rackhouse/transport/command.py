"""One command on a machine that has been reached: all that it says, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.kit.errors import Unavailable
from rackhouse.transport.channel import Connection

LIMIT = 60.0  # seconds
_MOST = 1 << 26  # bytes of output; nobody says as much


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said. `code` None: the connection broke before it ended."""

    code: int | None
    out: str
    err: str


async def command(
    connection: Connection,
    argv: Sequence[str],
    *,
    sudo: bool = False,
    stdin: bytes = b"",
    limit: float = LIMIT,
) -> Said:
    """Run it to its end. Unavailable where that takes more than `limit` seconds."""
    channel = await connection.open(("sudo", "-n", "--", *argv) if sudo else argv)
    out = b""
    try:
        async with asyncio.timeout(limit):
            try:
                if stdin:
                    await channel.write(stdin)
                out = await channel.read(_MOST)
            except asyncio.IncompleteReadError as end:
                out = end.partial
            except EOFError:
                pass  # how it ended says why
            ended = await channel.ended()
    except TimeoutError:
        raise Unavailable(f"`{' '.join(argv[:3])}` did not end within {limit:.0f} s") from None
    finally:
        await channel.close()
    return Said(ended.code, out.decode("utf-8", "replace"), ended.err)
