"""The seam: a connection opens channels, a channel is a program's standard input and output."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: `code`, None where the connection broke, and its last complaints."""

    code: int | None
    err: str


class Channel(Protocol):
    """One program on the other side."""

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes of its output. EOFError when it ended or the connection broke."""
        ...

    async def write(self, data: bytes) -> None:
        """Bytes for its input. EOFError as above."""
        ...

    async def ended(self) -> Ended:
        """Wait until it has ended, and say how."""
        ...

    async def close(self) -> None:
        """End its input, and let go of it."""
        ...


class Connection(Protocol):
    """A machine that has been reached."""

    async def open(self, argv: Sequence[str]) -> Channel:
        """Start a program. Unavailable when the connection is gone."""
        ...

    async def close(self) -> None:
        """Let go of it and of all its channels."""
        ...


Connect = Callable[[], Awaitable[Connection]]  # each call is a new connection
