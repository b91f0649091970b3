"""The ASGI application: everything is wired here, once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rackhouse.delivery.repositories.settings import environment
from rackhouse.delivery.repositories.size import room_of
from rackhouse.forge.backend import converse
from rackhouse.forge.door import Door, words
from rackhouse.forge.following import following
from rackhouse.forge.hooks import Hooks
from rackhouse.forge.lanes import Lanes
from rackhouse.forge.pushes import Pushes
from rackhouse.forge.settings import Settings
from rackhouse.forge.upkeep import upkeep
from rackhouse.forge.visit import RECEIVE, Visit
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import is_name

PACKS = 6  # at once: each takes some tens of MB
LISTS = 16  # of refs, at once
# What old histories are full of, and harms nobody.
_FORGIVEN = ("zeroPaddedFilemode", "missingSpaceBeforeDate", "badTimezone", "missingEmail")


@dataclass(frozen=True)
class GitEndpoint:
    """Git's requests, once they are known to be that."""

    paths: Paths
    door: Door
    hooks: Hooks
    pushes: Pushes
    packs: Lanes = field(default_factory=lambda: Lanes(PACKS))
    lists: Lanes = field(default_factory=lambda: Lanes(LISTS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        entered = self.door.enter(request)
        if isinstance(entered, Response):
            await entered(scope, receive, send)
        elif request.method == "GET":
            if entered.service == RECEIVE:
                self.pushes.runs.warm()
            async with self.lists.one():
                await converse(entered, request, send, environment(_settings(entered)))
        else:
            async with self.packs.one() as entered.settled:
                await self._pack(entered, request, send)

    async def _pack(self, visit: Visit, request: Request, send: Send) -> None:
        if visit.service != RECEIVE:
            await converse(visit, request, send, environment(_settings(visit)))
            return
        room = await asyncio.to_thread(room_of, visit.repository, visit.folder)
        more = {
            "core.hooksPath": str(self.hooks.folder),
            "receive.maxInputSize": str(max(1, room)),  # 0 would be no limit at all
        }
        with self.hooks.of(visit) as variables:
            env = environment({**_settings(visit), **more}, **variables)
            await converse(visit, request, send, env)


def create_app(settings: Settings, endpoint: GitEndpoint) -> Starlette:
    """The forge: git's three requests, and for people the way to the pages."""

    async def elsewhere(request: Request) -> Response:
        return _to_the_pages(settings, request)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        paths = endpoint.paths
        work = (
            endpoint.pushes.runs.run(),
            upkeep(paths, endpoint.door.forge),
            following(paths),
        )
        tasks = [asyncio.create_task(each) for each in work]
        async with endpoint.hooks.listening():
            yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            Route("/{name}/info/refs", endpoint, methods=["GET"]),
            Route("/{name}/git-upload-pack", endpoint, methods=["POST"]),
            Route("/{name}/git-receive-pack", endpoint, methods=["POST"]),
            Route("/{path:path}", elsewhere),
        ],
        exception_handlers={RackhouseError: _known},
        lifespan=lifespan,
    )


def _settings(visit: Visit) -> dict[str, str]:
    """Git's settings for one request."""
    row = visit.repository
    return {
        "http.receivepack": "true",
        "http.uploadpack": "true",
        "uploadpack.allowFilter": "true",
        "receive.fsckObjects": "true",
        **{f"receive.fsck.{name}": "ignore" for name in _FORGIVEN},
        "transfer.hideRefs": "refs/rackhouse",
        "receive.denyCurrentBranch": "ignore",
        "receive.denyDeleteCurrent": "ignore",  # `judge` says it in better words
        "init.defaultBranch": row.default_branch,
    }


def _to_the_pages(settings: Settings, request: Request) -> Response:
    """A person with a browser: the console has the pages."""
    name = request.url.path.strip("/").partition("/")[0].removesuffix(".git")
    here = settings.url.partition("://")[2]
    named = (
        bool(here) and request.headers.get("host", "").partition(":")[0] == here.partition(":")[0]
    )
    console = settings.console if named else settings.plain_console
    if not console or (name and not is_name(name)):
        return words(404, "there is nothing here")
    return RedirectResponse(f"{console}/repositories{f'/{name}' if name else ''}", 302)


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _known(_: Request, error: Exception) -> Response:
    return words(503, str(error))
