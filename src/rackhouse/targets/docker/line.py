"""The way to an engine's socket, and to its containers' ports: it is here, or SSH leads there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rackhouse.transport.address import Address

if TYPE_CHECKING:  # it takes 0.3 s to import
    from rackhouse.transport.way import Way


class Line(Protocol):
    """`where` is for people. Every method may raise Unavailable, Refused, Missing."""

    where: str

    async def socket(self) -> str:
        """The path of a socket here that leads to the engine."""
        ...

    async def port(self, host: str, number: int) -> str:
        """The path of a socket here that leads to what the machine reaches as `host`; empty where
        that machine is this one.
        """
        ...

    async def has_engine(self) -> bool:
        """Whether the machine has such a socket at all."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class Here:
    """An engine of this machine."""

    def __init__(self, path: str) -> None:
        self.where, self._path = f"Docker at {path}", path

    async def socket(self) -> str:
        """Its own."""
        return self._path

    async def port(self, host: str, number: int) -> str:  # noqa: ARG002
        """None is needed."""
        return ""

    async def has_engine(self) -> bool:
        """Whether it is there."""
        return Path(self._path).is_socket()  # noqa: ASYNC240 (one look)

    async def close(self) -> None:
        """There is nothing to hang up."""


class There:
    """An engine of the machine at `address`, whose socket there is `path`."""

    def __init__(self, address: Address, path: str) -> None:
        self.where = f"Docker at {path} on {address}"
        self._address, self._path = address, path
        self._way: Way | None = None

    async def socket(self) -> str:
        """Ours that leads to it."""
        return await self._over().socket(self._path)

    async def port(self, host: str, number: int) -> str:
        """Ours that leads to it, by way of that machine."""
        return await self._over().port(host, number)

    async def has_engine(self) -> bool:
        """Whether it is there."""
        return await self._over().has(self._path)

    async def close(self) -> None:
        """Hang up."""
        if self._way is not None:
            await self._way.close()

    def _over(self) -> Way:
        from rackhouse.transport.way import Way

        if self._way is None:
            self._way = Way(self._address)
        return self._way
