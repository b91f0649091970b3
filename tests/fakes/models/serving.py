"""Applications served over real HTTP on a free port of loopback, for as long as a test needs."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Cutting(HttpToolsProtocol):
    """Gives the application `scope["cut"]`: the connection is gone, in the middle of anything."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.scope["cut"] = self.transport.abort  # type: ignore[typeddict-unknown-key]


class _Server(uvicorn.Server):
    """Ends when it is told to: uvicorn's own looks for that ten times a second."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:
            await asyncio.sleep(0.02)


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """The address at which `app` answers, `http://127.0.0.1:PORT`."""
    listening = socket.create_server(("127.0.0.1", port), backlog=2048)
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=_Cutting,
        ws="none",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started:
            if not thread.is_alive() or time.monotonic() > end:
                raise RuntimeError("the scripted server did not start")
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
