"""What the names of upstreams mean, asked once in a while however many connections are made."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from aiohappyeyeballs import AddrInfoType

from rackhouse.services.gateway.clients.http.errors import Unreached

_KNOWN = 30.0  # seconds


class Names:
    """`allowed` says which addresses may be reached, `else_` what is wrong where none may."""

    def __init__(self, allowed: Callable[[str], bool], else_: str) -> None:
        self._allowed = allowed
        self._else = else_
        self._asked: dict[tuple[str, int], tuple[float, asyncio.Future[list[AddrInfoType]]]] = {}

    async def addresses(self, host: str, port: int) -> list[AddrInfoType]:
        """Those that may be reached: no connection is made to any other. Unreached."""
        loop = asyncio.get_running_loop()
        until, asked = self._asked.get((host, port), (0.0, None))
        if asked is None or loop.time() > until or _failed(asked):
            asked = asyncio.ensure_future(_looked_up(host, port))
            self._asked[host, port] = loop.time() + _KNOWN, asked
        try:
            found = await asyncio.shield(asked)
        except (OSError, UnicodeError) as error:
            self.forget(host, port)
            raise Unreached("its name is not known") from error
        allowed = [each for each in found if self._allowed(each[4][0])]
        if not allowed:
            raise Unreached(self._else)
        return allowed

    def forget(self, host: str, port: int) -> None:
        """Ask anew the next time."""
        self._asked.pop((host, port), None)


def _failed(asked: asyncio.Future[list[AddrInfoType]]) -> bool:
    """Whether it did, when nobody waited any more."""
    return asked.done() and (asked.cancelled() or asked.exception() is not None)


async def _looked_up(host: str, port: int) -> list[AddrInfoType]:
    loop = asyncio.get_running_loop()
    return list(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
