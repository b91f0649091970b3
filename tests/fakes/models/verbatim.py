"""An upstream that says exactly what a test tells it to, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]


@dataclass
class Verbatim:
    """An application: the next answers are `parts`, each sent by itself. `cut` breaks off then."""

    status: int = 200
    headers: list[Header] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    cut: bool = False
    asked: int = 0

    def says(self, *parts: bytes, status: int = 200, cut: bool = False, **headers: str) -> None:
        """From now on."""
        self.status, self.parts, self.cut, self.asked = status, list(parts), cut, 0
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers = [(name.encode(), value.encode()) for name, value in named.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI."""
        if scope["type"] != "http":
            await self._live(receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        self.asked += 1
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        for part in self.parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if self.cut:
            scope["cut"]()
        await send({"type": "http.response.body", "body": b""})

    async def _live(self, receive: Receive, send: Send) -> None:
        for said in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{said}.complete"})
