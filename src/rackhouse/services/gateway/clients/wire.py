"""One request over HTTP, and what can go wrong with it. Knows no protocol above that."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress

import aiohttp
import msgspec

from rackhouse.services.gateway.clients import refusal
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.sessions import Inside, Sessions
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.problem import Refused
from rackhouse.services.gateway.model.trace import Trace

_JSON = {"content-type": "application/json"}
_MOST = 64 * 2**20  # bytes of an answer
_LAST = 0.2  # seconds for what follows the last event
_MOST_SAID = 64 * 2**10  # bytes of an error


class Wire:
    """Asks upstreams."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def post(
        self,
        upstream: Upstream,
        path: str,
        call: Call,
        payload: Payload,
        headers: Mapping[str, str],
    ) -> aiohttp.ClientResponse:
        """An answer with status 200 whose body is still to be read, and to be closed. Failed.
        A client's trace is gone on with, whatever the upstream speaks.
        """
        if call.fetched and (upstream.local or upstream.private):
            raise _not_fetched(call.fetched)
        if call.trace:
            headers = {**headers, "traceparent": Trace.of(call.trace, call.id).header}
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=upstream.connect,
            sock_connect=upstream.connect,
            sock_read=upstream.first_byte,
        )
        body = _encoded(payload)
        try:
            response = await self._sessions.of(upstream).post(
                upstream.url + path,
                data=body,
                headers={**_JSON, **headers},
                timeout=timeout,
                allow_redirects=False,
                ssl=self._sessions.trust(upstream),
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Failed(_unreached(error), asked=False) from error
        except (aiohttp.InvalidURL, ssl.SSLError, ValueError) as error:
            raise Failed("its address, key or authority is not understood", asked=False) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Failed(_broken(error), asked=True) from error
        if response.status != 200:
            raise await _refusal(call.task, response)
        return response


def _not_fetched(field: str) -> Failed:
    """What a client names may be an address that only we can reach."""
    what = f"`{field}` is an address, and a server inside fetches nothing"
    fix = "send what lies there itself, as data:TYPE;base64,DATA"
    refused = Refused(what, status=400, param=field, fix=fix)
    return Failed("fetches nothing", asked=False, fault=False, refusal=refused)


def _encoded(payload: Payload) -> bytes:
    try:
        return msgspec.json.encode(payload)
    except RecursionError as error:
        refusal_ = Refused("the body is nested too deep", status=400, fix="send it flatter")
        why = "was not asked"
        raise Failed(why, asked=False, fault=False, refusal=refusal_, final=True) from error


async def whole(response: aiohttp.ClientResponse) -> bytes:
    """The body. Failed when it breaks off, or is larger than any answer."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := await response.content.readany():
            parts.append(part)
            size += len(part)
            if size > _MOST:
                raise Failed(f"answered more than {_MOST} bytes", asked=True)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(_broken(error), asked=True) from error
    finally:
        response.release()  # kept for the next request, or closed where bytes are still to come
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def some(response: aiohttp.ClientResponse) -> bytes:
    """The next bytes of a stream, b"" at its end. Failed when it breaks off."""
    try:
        return await response.content.readany()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Failed(_broken(error), asked=True) from error


async def drained(response: aiohttp.ClientResponse) -> None:
    """Read what follows the end, so that the connection can be used again. Never raises."""
    with suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with asyncio.timeout(_LAST):
            while await response.content.readany():
                pass
    response.release()


async def _refusal(task: Task, response: aiohttp.ClientResponse) -> Failed:
    wait = response.headers.get("retry-after", "")
    try:
        body = await response.content.read(_MOST_SAID)
    except (aiohttp.ClientError, TimeoutError, OSError):
        body = b""
    finally:
        response.close()
    return refusal.failed(task, response.status, body, wait)


def _unreached(error: Exception) -> str:
    """No address is named: a client is told this."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "its certificate is not accepted"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(error.__cause__, Inside):
        return "its address is inside, though it is neither local nor private"
    return "cannot be reached"


def _broken(error: Exception) -> str:
    return "fell silent" if isinstance(error, TimeoutError) else "broke off"
