"""A room for everyone who is here. Messages go through a Redis stream, so every process of this
application shows the same room, and a browser that lost its connection gets what it missed.
"""

import asyncio
import contextlib
import json
import os

import redis.asyncio as redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOM = os.environ["REDIS_PREFIX"] + "room"
KEEP = 200


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    app.state.redis = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    yield
    await app.state.redis.aclose()


async def room(socket: WebSocket) -> None:
    await socket.accept()
    last = socket.query_params.get("after", "0")
    sender = asyncio.create_task(send(socket, last))
    try:
        while True:
            said = json.loads(await socket.receive_text())
            name, text = str(said["name"])[:40].strip(), str(said["text"])[:500].strip()
            if name and text:
                fields = {"name": name, "text": text}
                await socket.app.state.redis.xadd(ROOM, fields, maxlen=KEEP, approximate=True)
    except (WebSocketDisconnect, ValueError, KeyError, TypeError):
        pass
    finally:
        sender.cancel()


async def send(socket: WebSocket, last: str) -> None:
    while True:
        answer = await socket.app.state.redis.xread({ROOM: last}, count=KEEP, block=1000)
        for _, messages in answer or []:
            for last, fields in messages:
                await socket.send_text(json.dumps({"id": last, **fields}))


async def page(request: Request) -> Response:
    return FileResponse("chat.html")


async def script(request: Request) -> Response:
    return FileResponse("chat.js", media_type="text/javascript")


async def health(request: Request) -> Response:
    await request.app.state.redis.ping()
    return JSONResponse({"ready": True})


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", page),
        Route("/chat.js", script),
        Route("/healthz", health),
        WebSocketRoute("/room", room),
    ],
)
