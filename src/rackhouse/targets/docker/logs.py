"""What containers say: the engine's frames as lines."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator

from rackhouse.targets.docker.engine import Engine

_HEAD = 8  # bytes: which stream, three of nothing, and the length of what follows


async def logs(
    engine: Engine, container: str, *, last: int = 100, follow: bool = False
) -> AsyncIterator[str]:
    """The `last` lines of both streams, and with `follow` those that come. Missing if it is not."""
    text, left = codecs.getincrementaldecoder("utf-8")("replace"), ""
    query = {"stdout": 1, "stderr": 1, "tail": last, "follow": int(follow)}
    async for words in _frames(engine.raw(f"/containers/{container}/logs", query=query)):
        *whole, left = (left + text.decode(words)).split("\n")
        for line in whole:
            yield line
    if left:
        yield left


async def _frames(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What is in the frames; they and the pieces that they come in end where they like."""
    buffer = b""
    async for piece in pieces:
        buffer += piece
        while len(buffer) >= _HEAD:
            end = _HEAD + int.from_bytes(buffer[4:_HEAD], "big")
            if len(buffer) < end:
                break
            yield buffer[_HEAD:end]
            buffer = buffer[end:]
