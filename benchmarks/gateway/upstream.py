"""A scripted upstream that costs next to nothing: a protocol on the bare event loop.

    python upstream.py PORT FIRST GAP

It answers every POST with the same chat completion; where the body says `"stream":true`, with
PIECES events, the first after FIRST seconds, GAP between two. It computes nothing, keeps nothing.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial

import uvloop

PIECES = 20
_BASE = {"id": "chatcmpl-scripted", "created": 1, "model": "scripted"}
_USAGE = {"prompt_tokens": 60, "completion_tokens": PIECES, "total_tokens": 60 + PIECES}
_TEXT = "In the beginning God created the heaven and the earth. " * 2


def _whole() -> bytes:
    message = {"role": "assistant", "content": _TEXT}
    body = json.dumps(
        {
            **_BASE,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _USAGE,
        }
    ).encode()
    head = (
        f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _events() -> list[bytes]:
    """As they go over the wire: each in a chunk of its own."""
    base = {**_BASE, "object": "chat.completion.chunk"}
    deltas = [{"role": "assistant", "content": ""}]
    deltas += [{"content": f"word{number} "} for number in range(PIECES - 2)]
    said = [
        {**base, "choices": [{"index": 0, "delta": each, "finish_reason": None}]} for each in deltas
    ]
    said.append({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    said.append({**base, "choices": [], "usage": _USAGE})
    data = [b"data: " + json.dumps(each).encode() + b"\n\n" for each in said]
    chunks = [b"%x\r\n%b\r\n" % (len(each), each) for each in [*data, b"data: [DONE]\n\n"]]
    chunks[-1] += b"0\r\n\r\n"
    return chunks


_WHOLE, _EVENTS = _whole(), _events()
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class _Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, first: float, gap: float) -> None:
        self._first, self._gap = first, gap
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        end = held.find(b"\r\n\r\n")
        start = held.lower().find(b"content-length:", 0, end) if end > 0 else -1
        length = int(held[start + 15 : held.find(b"\r", start)]) if start > 0 else 0
        if end < 0 or len(held) < end + 4 + length:
            self._held = held
            return
        self._held = b""
        if b'"stream":true' in held or b'"stream": true' in held:
            asyncio.get_running_loop().call_later(self._first, self._play, 0)
        else:
            self._transport.write(_WHOLE)

    def _play(self, number: int) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(_HEAD + _EVENTS[0] if number == 0 else _EVENTS[number])
        if number + 1 < len(_EVENTS):
            asyncio.get_running_loop().call_later(self._gap, self._play, number + 1)


async def _serve(port: int, first: float, gap: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(_Answering, first, gap), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
