"""So many connections that ask one after the other, and how long each answer took.

    python load.py URL KEY CONNECTIONS SECONDS [stream] [RATE]

A process of its own, on the bare event loop, so that it takes a few microseconds where what it
measures takes hundreds. Prints one line of JSON. It reads answers as far as needed to know that
they are whole; the first tenth of the time is not counted. With RATE, so many requests a second
are due, each connection's at a random moment of its turn so that they neither march in step nor
keep out of each other's way, and an answer's time counts from when it was due.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from functools import partial
from random import Random
from urllib.parse import urlsplit

import uvloop

_SYSTEM = "You answer in one sentence, and say so where you do not know. " * 4
_ASKED = {
    "model": "chat",
    "messages": [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": "What was made in the beginning, and by whom?"},
    ],
    "max_tokens": 200,
    "temperature": 0.2,
}

_STREAMED = {"stream": True, "stream_options": {"include_usage": True}}  # every piece is passed on


class _Asking(asyncio.Protocol):
    """One connection: the next request when the answer to the last is whole."""

    def __init__(self, request: bytes, load: Load) -> None:
        self._request, self._load = request, load
        self._turn = time.perf_counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        pause, now = self._load.pause, time.perf_counter()
        self._begun = self._turn + self._load.chance() * pause if pause else now
        self._turn += pause
        if self._begun > now:
            asyncio.get_running_loop().call_later(self._begun - now, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        self._held, self._first, self._gap = b"", 0.0, 0.0
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        held = self._held = self._held + data
        end = held.find(b"\r\n\r\n")
        if end < 0 or len(held) == end + 4:
            return
        now = time.perf_counter()
        if self._first:
            self._gap = max(self._gap, now - self._last)
        self._first, self._last = self._first or now, now
        if not self._load.stream:
            at = held.lower().find(b"content-length:", 0, end)
            if len(held) < end + 4 + int(held[at + 15 : held.find(b"\r", at)]):
                return
        elif held[9:12] == b"200" and not held.endswith(b"0\r\n\r\n"):
            return
        if self._load.took(held, now - self._begun, self._first - self._begun, self._gap):
            self._next()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._load.left(error)


class Load:
    """What the connections have measured together."""

    def __init__(self, connections: int, seconds: float, stream: bool, rate: float) -> None:
        self.stream = stream
        self.pause = connections / rate if rate else 0.0  # of one connection, between two requests
        self.chance = Random(1).random
        self._open = connections
        self._from = time.perf_counter() + seconds / 10
        self._until = self._from + seconds * 0.9
        self._whole: list[float] = []
        self._first: list[float] = []
        self._gaps: list[float] = []  # the longest of each stream
        self._total = self._bad = 0
        self.ended = asyncio.Event()

    def took(self, held: bytes, whole: float, first: float, gap: float) -> bool:
        """An answer. Whether to ask again."""
        now = time.perf_counter()
        self._total += 1
        if held[9:12] != b"200" or (self.stream and held.count(b"data: ") < 20):
            self._bad += 1
        elif self._from < now < self._until:
            self._whole.append(whole)
            self._first.append(first)
            self._gaps.append(gap)
        return now < self._until

    def left(self, error: Exception | None) -> None:
        """A connection was closed."""
        self._bad += error is not None
        self._open -= 1
        if not self._open:
            self.ended.set()

    def said(self) -> dict[str, float]:
        """Seconds, requests a second; `total` and `bad` count the first tenth too."""
        seconds = self._until - self._from
        return {
            "rate": len(self._whole) / seconds,
            "median": _share(self._whole, 50),
            "p99": _share(self._whole, 99),
            "first": _share(self._first, 50),
            "first_p99": _share(self._first, 99),
            "gap": _share(self._gaps, 50),
            "gap_p99": _share(self._gaps, 99),
            "gap_most": max(self._gaps, default=float("nan")),
            "total": self._total,
            "bad": self._bad,
        }


def _share(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else float("nan")


async def _run(
    url: str, key: str, connections: int, seconds: float, stream: bool, rate: float
) -> None:
    to = urlsplit(url)
    body = json.dumps({**_ASKED, **_STREAMED} if stream else _ASKED).encode()
    request = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {to.netloc}\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    load = Load(connections, seconds, stream, rate)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await asyncio.sleep(seconds / 10 / connections)  # else streams would run in step
        await loop.create_connection(partial(_Asking, request, load), to.hostname, to.port)
    async with asyncio.timeout(seconds + 60):
        await load.ended.wait()
    print(json.dumps(load.said()))


if __name__ == "__main__":
    _url, _key, _many, _long, *_more = sys.argv[1:]
    _stream = "stream" in _more
    _rate = sum(float(word) for word in _more if word != "stream")
    uvloop.run(_run(_url, _key, int(_many), float(_long), _stream, _rate))
