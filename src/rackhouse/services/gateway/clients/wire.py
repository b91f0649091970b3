"""One request over HTTP, and what can go wrong with it. Knows no protocol above that."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress

import msgspec

from rackhouse.services.gateway.clients import refusal
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.http.errors import Broken, HttpError, Unreached
from rackhouse.services.gateway.clients.http.request import target, written
from rackhouse.services.gateway.clients.http.response import Response
from rackhouse.services.gateway.clients.sessions import Sessions
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
    ) -> Response:
        """An answer with status 200 whose body is still to be read, and to be closed. Failed.
        A client's trace is gone on with, whatever the upstream speaks.
        """
        if call.fetched and (upstream.local or upstream.private):
            raise _not_fetched(call.fetched)
        if call.trace:
            headers = {**headers, "traceparent": Trace.of(call.trace, call.id).header}
        body = _encoded(payload)
        try:
            to = target(upstream.url)
            request = written("POST", to, path, {**_JSON, **headers}, body)
            context = self._sessions.trust(upstream)
        except (ssl.SSLError, ValueError) as error:
            raise Failed("its address, key or authority is not understood", asked=False) from error
        try:
            response = await self._sessions.of(upstream).ask(
                to,
                request,
                connect=upstream.connect,
                patience=upstream.first_byte,
                context=context,
            )
        except HttpError as error:
            raise Failed(str(error), asked=not isinstance(error, Unreached)) from error
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


async def whole(response: Response) -> bytes:
    """The body. Failed when it breaks off, or is larger than any answer."""
    try:
        return await response.whole(_MOST)
    except Broken as error:
        raise Failed(str(error), asked=True) from error


async def some(response: Response) -> bytes:
    """The next bytes of a stream, b"" at its end. Failed when it breaks off."""
    try:
        return await response.some()
    except Broken as error:
        raise Failed(str(error), asked=True) from error


async def drained(response: Response) -> None:
    """Read what follows the end, so that the connection can be used again. Never raises."""
    try:
        with suppress(Broken, TimeoutError):
            async with asyncio.timeout(_LAST):
                while await response.some():
                    pass
    finally:
        response.release()


async def _refusal(task: Task, response: Response) -> Failed:
    wait = response.header(b"retry-after")
    try:
        body = await response.whole(_MOST_SAID)
    except Broken:
        body = b""
    return refusal.failed(task, response.status, body, wait)
