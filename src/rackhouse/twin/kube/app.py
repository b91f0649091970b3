"""The API over HTTP: an ASGI application. Reads requests and writes answers, decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from rackhouse.twin.kube import (
    access,
    asks,
    channels,
    discovery,
    logs,
    patching,
    reading,
    removing,
    subresources,
    writing,
)
from rackhouse.twin.kube.answers import Denied, bad_request, no_such_method, no_such_path
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import drive
from rackhouse.twin.kube.faults import Faulty

_MOST = 3 * 1024 * 1024  # bytes of a request
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_DO: Mapping[str, Callable[[Cluster, Ask], Body]] = {
    "get": reading.get,
    "list": reading.listed,
    "create": writing.create,
    "update": writing.update,
    "patch": writing.patch,
    "apply": writing.apply,
    "delete": removing.delete,
    "deletecollection": removing.delete_all,
}


def create_app(cluster: Cluster, *, driven: bool = False) -> Starlette:
    """The server of that cluster. `driven`: its controllers run for as long as it is served."""

    async def answer(request: Request) -> Response:
        try:
            return await _answer(cluster, request)
        except Denied as error:
            headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
            return JSONResponse(error.body(), error.code, headers)

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001  Starlette's
        task = asyncio.create_task(drive(cluster)) if driven else None
        yield
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return Starlette(
        routes=[
            Route("/{path:path}", answer, methods=_METHODS),
            WebSocketRoute("/{path:path}", partial(channels.serve, cluster)),
        ],
        middleware=[Middleware(Faulty, cluster.faults)],
        lifespan=life,
    )


async def _answer(cluster: Cluster, request: Request) -> Response:
    path = request.url.path
    if path.rstrip("/") in {"/healthz", "/livez", "/readyz"}:
        return PlainTextResponse("ok")
    access.known(cluster, request.headers.get("authorization", ""))
    if found := discovery.document(cluster, path):
        return JSONResponse(found)
    ask = await _ask(cluster, request)
    access.check(cluster, ask)
    if ask.verb == "watch":
        return StreamingResponse(_lines(cluster, ask), media_type="application/json")
    if ask.subresource == "log":
        if ask.query.get("follow") == "true":
            logs.log(cluster, ask)  # refused, if so, before anything is answered
            return StreamingResponse(logs.followed(cluster, ask), media_type="text/plain")
        text = logs.log(cluster, ask)
        return PlainTextResponse(text, 200 if text else 204)
    existed = ask.verb == "apply" and _there(cluster, ask)
    code = 201 if ask.verb == "create" or (ask.verb == "apply" and not existed) else 200
    do = subresources.DO.get((ask.subresource, ask.verb)) or subresources.REVIEWS.get(
        ask.kind.plural
    )
    found = (do or _DO[ask.verb])(cluster, ask)
    if "as=PartialObjectMetadata" in request.headers.get("accept", ""):
        found = reading.only_metadata(found)
    return JSONResponse(found, code)


def _there(cluster: Cluster, ask: Ask) -> bool:
    return cluster.store.get(ask.kind.resource, ask.namespace, ask.name) is not None


async def _lines(cluster: Cluster, ask: Ask) -> AsyncIterator[bytes]:
    async for event in reading.watched(cluster, ask):
        yield json.dumps(event, separators=(",", ":")).encode() + b"\n"


async def _ask(cluster: Cluster, request: Request) -> Ask:
    there = asks.where(request.url.path)
    kind = cluster.kind(there.group, there.version, there.plural) if there else None
    if there is None or kind is None or bool(there.namespace) > kind.namespaced:
        raise no_such_path()
    if there.subresource and there.subresource not in kind.subresources:
        raise no_such_path()
    if request.method in {"PUT", "PATCH"} and not there.name:
        raise no_such_method()
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    query = dict(request.query_params)
    return Ask(
        verb=_verb(request.method, there.name, query, media),
        kind=kind,
        namespace=there.namespace,
        name=there.name,
        subresource=there.subresource,
        query=query,
        body=_read(await request.body(), media),
        media=media,
        agent=request.headers.get("user-agent", ""),
        who=request.headers.get("authorization", ""),
    )


def _verb(method: str, name: str, query: Mapping[str, str], media: str) -> str:
    if method == "GET":
        if query.get("watch") in {"true", "1"}:
            return "watch"
        return "get" if name else "list"
    if method == "PATCH":
        return "apply" if media in patching.APPLY else "patch"
    if method == "DELETE":
        return "delete" if name else "deletecollection"
    return {"POST": "create", "PUT": "update"}[method]


def _read(raw: bytes, media: str) -> Any:
    if len(raw) > _MOST:
        message = f"Request entity too large: limit is {_MOST}"
        raise Denied(413, "RequestEntityTooLarge", message)
    if not raw:
        return {}
    try:
        plain = media.endswith("json") or raw[:1] == b"{"
        return json.loads(raw) if plain else yaml.safe_load(raw)
    except (ValueError, yaml.YAMLError) as error:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
