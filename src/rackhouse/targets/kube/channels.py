"""One WebSocket to an API server, on which several streams are told apart by their first byte.

That is how a server passes on what goes in and out of a container; the kubelet is asked by it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from rackhouse.kit.errors import Unavailable
from rackhouse.targets.kube import wire
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.trouble import silence
from rackhouse.targets.kube.words import refusal

_PATIENCE = 20.0  # seconds until a node has answered
_ALIVE = 60.0  # seconds in which a connection has to show that it is one


@asynccontextmanager
async def channels(
    access: Access, path: str, query: Sequence[tuple[str, str]], protocol: str
) -> AsyncIterator[ClientConnection]:
    """Opened; closed at the end of the block. Unavailable, or what the server has against it."""
    url = f"{access.server.replace('http', 'ws', 1)}{path}?{urlencode(query)}"
    secure = access.server.startswith("https")
    try:
        opened = await connect(
            url,
            ssl=wire.trust(access) if secure else None,
            server_hostname=access.server_name or None if secure else None,
            additional_headers=wire.headers(access),
            subprotocols=[Subprotocol(protocol)],
            open_timeout=_PATIENCE,
            ping_timeout=_ALIVE,
            max_size=None,
            proxy=None,  # of somebody's shell, which is no way to a rack
        )
    except InvalidStatus as error:
        body = _read(error.response.body)
        raise refusal(f"GET {path}", access.server, error.response.status_code, body) from error
    except (OSError, TimeoutError, WebSocketException) as error:
        raise silence(error, access) from error
    try:
        yield opened
    finally:
        try:
            await opened.close()
        except asyncio.CancelledError:  # nobody waits for a goodbye
            opened.transport.abort()
            raise


async def frames(connection: ClientConnection, where: str) -> AsyncIterator[tuple[int, bytes]]:
    """Each message: its stream, and what came on it. Ends when the other side has closed it;
    Unavailable when it broke.
    """
    try:
        async for message in connection:
            raw = message.encode() if isinstance(message, str) else message
            if raw:
                yield raw[0], raw[1:]
    except (OSError, WebSocketException, asyncio.IncompleteReadError) as error:
        what = "the connection broke; what runs there may run on"
        raise Unavailable(what, where=where, fix="run it again") from error


def _read(body: bytes | bytearray | None) -> dict[str, object]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {"message": (body or b"").decode("utf-8", "replace")[:200].strip()}
    return found if isinstance(found, dict) else {}
