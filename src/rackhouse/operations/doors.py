"""The way in from the Internet, tried from both sides: from here, and from a machine elsewhere.

The machine elsewhere only opens connections for us (SSH's own forwarding): nothing is installed or
run there. Changes nothing anywhere.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rackhouse.desired.network.internet import Door, doors
from rackhouse.desired.network.whereabouts import ingress
from rackhouse.kit.errors import Missing
from rackhouse.rack.model import Rack

if TYPE_CHECKING:
    from rackhouse.transport.address import Address

PATIENCE = 8.0  # seconds; who drops packets says nothing at all
_TLS = frozenset({443, 6443})
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[ssl.SSLContext | None], Awaitable[Ends]]  # opens a connection, perhaps with TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A door, tried from one `side`: inside or outside. `found` is what was there, for people."""

    side: str
    door: Door
    answers: bool
    found: str

    @property
    def right(self) -> bool:
        """Whether it is as it should be."""
        return self.answers == self.door.open


async def from_inside(rack: Rack) -> Sequence[Tried]:
    """Whether the rack's own ingress answers for every name that is opened."""
    host = str(ingress(rack) or "127.0.0.1")
    own = {80: rack.ingress.http or 80, 443: rack.ingress.https or 443}

    async def one(door: Door) -> Tried:
        async def dial(tls: ssl.SSLContext | None) -> Ends:
            name = door.host if tls else None
            return await asyncio.open_connection(
                host, own[door.port], ssl=tls, server_hostname=name
            )

        return await _tried("inside", door, dial, trusted=False)

    return await asyncio.gather(*(one(door) for door in doors(rack) if door.open))


async def from_outside(rack: Rack, elsewhere: Address, outer: str = "") -> Sequence[Tried]:
    """The same, and what must be shut, by the machine `elsewhere`; `outer` is the address or name
    at which the rack is seen from there. Missing: nothing is open and no `outer` is named.
    """
    from rackhouse.transport.ssh import connect

    wanted = doors(rack, outer)
    if not wanted:
        fix = "--at ADDRESS: the one that a page on the Internet sees you by"
        raise Missing("nothing is open, so there is no name to try from outside", fix=fix)
    connection = await connect(elsewhere)
    try:
        with TemporaryDirectory(prefix="rackhouse-") as folder:

            async def one(number: int, door: Door) -> Tried:
                socket = Path(folder, str(number))
                await connection.forward_port(socket, door.host, door.port)

                async def dial(tls: ssl.SSLContext | None) -> Ends:
                    name = door.host if tls else None
                    return await asyncio.open_unix_connection(socket, ssl=tls, server_hostname=name)

                return await _tried("outside", door, dial, trusted=True)

            return await asyncio.gather(*(one(n, door) for n, door in enumerate(wanted)))
    finally:
        await connection.close()


async def _tried(side: str, door: Door, dial: Dial, *, trusted: bool) -> Tried:
    """`trusted`: with a certificate that every browser knows."""
    try:
        async with asyncio.timeout(PATIENCE):
            answers, found = await _asked(door, dial, trusted=trusted)
    except (OSError, EOFError, TimeoutError) as error:
        why = "no answer" if isinstance(error, TimeoutError) else str(error) or "closed at once"
        answers, found = False, f"shut ({why})"
    return Tried(side=side, door=door, answers=answers, found=found)


async def _asked(door: Door, dial: Dial, *, trusted: bool) -> tuple[bool, str]:
    if door.port not in _TLS:
        return True, await _first_line(door, await dial(None))
    try:
        return True, await _first_line(door, await dial(ssl.create_default_context()))
    except ssl.SSLCertVerificationError as error:
        blind = ssl.create_default_context()
        blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
        said = await _first_line(door, await dial(blind))
        known = f"{said}; its certificate is not known: {error.verify_message}"
        return not (trusted and door.open), known
    except ssl.SSLError as error:
        return True, f"open, and speaks no TLS: {error.reason}"


async def _first_line(door: Door, ends: Ends) -> str:
    """What is said first: to a question for HTTP, else by itself. EOFError where nothing is."""
    reader, writer = ends
    try:
        if door.port in (80, *_TLS):
            head = f"HEAD / HTTP/1.1\r\nHost: {door.host}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode())
        elif door.port != 22:  # SSH speaks first; others say something to a line that they refuse
            writer.write(b"\r\n\r\n")
        line = (await reader.readline()).decode("latin-1").strip()
    finally:
        writer.close()
    if not line:
        raise EOFError
    return f"open ({line[:60]})"
