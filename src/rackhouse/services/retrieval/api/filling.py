"""Collections, documents and jobs: `/v1/collections` and `/v1/jobs`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rackhouse.services.retrieval.api import answers, reading, shapes, shaping
from rackhouse.services.retrieval.api.guard import Guard
from rackhouse.services.retrieval.model.collection import Job
from rackhouse.services.retrieval.service.catalogue import Catalogue, Wish


class Filling:
    """Each for the tenant whose key was shown."""

    def __init__(self, guard: Guard, catalogue: Catalogue) -> None:
        self._guard = guard
        self._catalogue = catalogue

    async def collections(self, request: Request) -> Response:
        """All."""
        found = await self._catalogue.every(self._guard.tenant(request))
        return answers.said(
            shapes.Collections(collections=tuple(shaping.collection(each) for each in found))
        )

    async def collection(self, request: Request) -> Response:
        """Make, change, show or remove one."""
        tenant = self._guard.tenant(request)
        name = reading.name(request.path_params["name"])
        if request.method == "PUT":
            asked = await reading.body(request, shapes.Wish)
            wish = Wish(
                model=asked.model,
                resolver=asked.resolver,
                language=asked.language,
                codes=asked.codes,
            )
            made, job = await self._catalogue.put(tenant, name, wish)
            return answers.said(
                msgspec.structs.replace(shaping.collection(made), jobs=(job,) if job else ())
            )
        if request.method == "DELETE":
            await self._catalogue.remove(tenant, name)
            return answers.done()
        return answers.said(shaping.collection(*await self._catalogue.find(tenant, name)))

    async def documents(self, request: Request) -> Response:
        """Put some in."""
        tenant = self._guard.tenant(request)
        name = reading.name(request.path_params["name"])
        sent = reading.documents(await reading.body(request, shapes.Documents))
        job = await self._catalogue.post(tenant, name, sent)
        return answers.said(shapes.Accepted(job=job), 202)

    async def document(self, request: Request) -> Response:
        """Show or remove one; a person's where `owner` names them."""
        tenant = self._guard.tenant(request)
        name, id = reading.name(request.path_params["name"]), request.path_params["id"]
        owner = reading.owner(request)
        if request.method == "DELETE":
            await self._catalogue.remove_document(tenant, name, id, owner)
            return answers.done()
        return answers.said(
            shaping.document(await self._catalogue.document(tenant, name, id, owner))
        )

    async def job(self, request: Request) -> Response:
        """How it stands."""
        tenant = self._guard.tenant(request)
        found = await self._catalogue.job(tenant, reading.job(request.path_params["id"]))
        return answers.said(shaping.job(found))

    async def events(self, request: Request) -> Response:
        """It whenever it changes, until its end. Who comes back says what it heard last."""
        tenant, id = self._guard.tenant(request), reading.job(request.path_params["id"])
        heard = request.headers.get("last-event-id", "")
        after = int(heard) if heard.isascii() and heard.isdecimal() and len(heard) < 19 else 0
        await self._catalogue.job(tenant, id)  # NotFound before anything is said
        events = _events(self._catalogue.follow(tenant, id, after))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(following: AsyncIterator[Job | None]) -> AsyncIterator[bytes]:
    async for job in following:
        if job is None:
            yield b": nothing is known just now\n\n"
            continue
        said = msgspec.json.encode(shaping.job(job))
        yield b"id: %d\nevent: %b\ndata: %b\n\n" % (job.event, job.state.encode(), said)
