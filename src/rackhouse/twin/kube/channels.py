"""Commands in containers and ports of pods, over WebSockets, in the frames of the real server.

Nothing runs: what a command answers, and who listens behind a port, is told of an image.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from rackhouse.twin.kube import access, asks, reading
from rackhouse.twin.kube.answers import Denied, bad_request, no_such_path
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.images import Image

_EXEC, _FORWARD = "v5.channel.k8s.io", "v4.channel.k8s.io"
_IN, _OUT, _ERR, _END, _CLOSE = 0, 1, 2, 3, 255
_DATA, _ERROR = 0, 1
_CHUNK = 65536


async def serve(cluster: Cluster, socket: WebSocket) -> None:
    """One connection, from its beginning to its end."""
    try:
        ask = _ask(cluster, socket)
        access.check(cluster, ask)
        pod = reading.get(cluster, ask)
    except Denied as error:
        await socket.send_denial_response(JSONResponse(error.body(), error.code))
        return
    with suppress(WebSocketDisconnect):
        if ask.subresource == "exec":
            await socket.accept(_EXEC)
            await _execute(cluster, socket, pod)
        else:
            await socket.accept(_FORWARD)
            await _forward(cluster, socket, pod)
        await socket.close()


def _ask(cluster: Cluster, socket: WebSocket) -> Ask:
    there = asks.where(socket.url.path)
    kind = cluster.kind(there.group, there.version, there.plural) if there else None
    if there is None or kind is None or there.subresource not in {"exec", "portforward"}:
        raise no_such_path()
    wanted = _EXEC if there.subresource == "exec" else _FORWARD
    if wanted not in socket.scope["subprotocols"]:
        raise bad_request(f"unable to upgrade: {wanted} is the one protocol that is spoken")
    return Ask(
        verb="create",
        kind=kind,
        namespace=there.namespace,
        name=there.name,
        subresource=there.subresource,
        who=socket.headers.get("authorization", ""),
    )


async def _execute(cluster: Cluster, socket: WebSocket, pod: Body) -> None:
    """Once all is there that goes in: nothing here answers before."""
    argv, words = socket.query_params.getlist("command"), b""
    name = socket.query_params.get("container")
    while (message := await socket.receive_bytes()) != bytes([_CLOSE, _IN]):
        if message[0] == _IN:
            words += message[1:]
    image = _image(cluster, pod, name)
    answer = image.answers(tuple(argv), words) if image.answers else None
    if answer is None:
        what = f'exec failed: exec: "{argv[0]}": executable file not found in $PATH'
        await _end(socket, {"status": "Failure", "reason": "InternalError", "message": what})
        return
    for stream, said in ((_OUT, answer.out), (_ERR, answer.err)):
        if said:
            await socket.send_bytes(bytes([stream]) + said)
    await _end(socket, _status(answer.code))


async def _end(socket: WebSocket, status: Any) -> None:
    await socket.send_bytes(bytes([_END]) + json.dumps({"metadata": {}, **status}).encode())


def _status(code: int) -> dict[str, Any]:
    if not code:
        return {"status": "Success"}
    return {
        "status": "Failure",
        "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: {code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


async def _forward(cluster: Cluster, socket: WebSocket, pod: Body) -> None:
    port = int(socket.query_params["ports"])
    for stream in (_DATA, _ERROR):
        await socket.send_bytes(bytes([stream]) + port.to_bytes(2, "little"))
    here = next((it for it in map(_listens, _images(cluster, pod)) if port in it), {})
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", here[port])
    except (OSError, KeyError):
        await socket.send_bytes(bytes([_ERROR]) + b"connection refused")
        return
    inward = asyncio.create_task(_inward(socket, writer))
    try:
        while chunk := await reader.read(_CHUNK):
            await socket.send_bytes(bytes([_DATA]) + chunk)
    finally:
        inward.cancel()
        await asyncio.gather(inward, return_exceptions=True)
        writer.close()


async def _inward(socket: WebSocket, writer: asyncio.StreamWriter) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive_bytes()
            writer.write(message[1:])
            await writer.drain()
    writer.close()


def _images(cluster: Cluster, pod: Body) -> list[Image]:
    return [cluster.images.find(it.get("image", "")) for it in pod["spec"]["containers"]]


def _image(cluster: Cluster, pod: Body, name: str | None) -> Image:
    found = pod["spec"]["containers"]
    chosen = next((it for it in found if it["name"] == name), found[0])
    return cluster.images.find(chosen.get("image", ""))


def _listens(image: Image) -> dict[int, int]:
    return dict(image.listens)
