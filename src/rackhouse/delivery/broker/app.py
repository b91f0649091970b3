"""The broker's routes. Each is behind the same questions: how often, how large, whose token, and
whether that may write the repository that it names.

Says in a log what was lent to whom, and in none what a token is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from rackhouse.delivery.broker.asking import CLOSED, MOST, PREVIEW, TOKEN, Asked, asked
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.lending import lend
from rackhouse.delivery.broker.pace import Pace
from rackhouse.delivery.broker.previews import closed, opened
from rackhouse.kit.errors import Locked, Missing, RackhouseError, Refused, Unavailable
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.server import Server

_log = logging.getLogger("rackhouse.broker")
_PATIENCE = 10.0  # seconds for a question to come
_LONGEST = 4096  # characters of a token
_CODES = ((Locked, 409), (Missing, 404), (Refused, 403), (Unavailable, 503))


@dataclass(frozen=True, kw_only=True)
class Broker:
    """What the routes need. `opens` answers the API server as the broker's own account. `turns`:
    the previews of an application are changed by one at a time.
    """

    gitea: Gitea
    opens: Callable[[], AbstractAsyncContextManager[Server]]
    pace: Pace
    turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


Answer = Callable[[Broker, Asked], Awaitable[Mapping[str, str]]]


def create_app(broker: Broker) -> Starlette:
    """All of it."""
    return Starlette(
        routes=[
            Route("/healthz", _alive),
            Route(TOKEN, _behind(broker, _lend), methods=["POST"]),
            Route(PREVIEW, _behind(broker, opened), methods=["POST"]),
            Route(CLOSED, _behind(broker, closed), methods=["POST"]),
        ]
    )


async def _lend(broker: Broker, asked: Asked) -> Mapping[str, str]:
    async with broker.opens() as server:
        found = await lend(server, asked)
    _log.info(
        "%s: lent to a job of %s until %s", asked.application, asked.repository, found.expires
    )
    return found.json()


def _behind(broker: Broker, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not broker.pace.allows(address):
            return _said("you ask too often", "wait a minute", 429)
        try:
            found = await answer(broker, await _asked(broker, request))
        except RackhouseError as error:
            _log.info("%s: refused: %s", address, error.what)
            code = next((code for kind, code in _CODES if isinstance(error, kind)), 502)
            return _said(error.what, error.fix, code)
        return JSONResponse(dict(found), headers={"cache-control": "no-store"})

    return endpoint


async def _asked(broker: Broker, request: Request) -> Asked:
    """The question, once Gitea has said that whoever asks may write the repository."""
    token = _token(request)
    question = asked(await _body(request))
    return replace(question, repository=await broker.gitea.writes(question.repository, token))


def _token(request: Request) -> Hidden:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= _LONGEST:
        raise Refused("no token of a job came with it", fix="send `Authorization: Bearer TOKEN`")
    return Hidden(token)


async def _body(request: Request) -> bytes:
    found = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            async for part in request.stream():
                found += part
                if len(found) > MOST:
                    raise Refused(f"the question is larger than {MOST} bytes")
    except TimeoutError:
        raise Refused("the question did not come to its end") from None
    return found


def _said(what: str, fix: str, code: int) -> Response:
    return JSONResponse({"what": what, "fix": fix}, code, headers={"cache-control": "no-store"})


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok")
