"""Bad days of an API server, told beforehand: away, busy, slow, behind a webhook that hangs.

A fault holds for requests that its pattern chooses: after so many that went well, so many times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from rackhouse.twin.kube.answers import Denied

What = Literal["away", "unavailable", "busy", "webhook", "timeout", "slow"]
_HOOK = "webhook.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`asked` is a pattern as in a shell, of `METHOD /path`. `seconds` are those of slow and busy.

    away: the connection breaks; unavailable: 503; busy: 429 with Retry-After; webhook: 500, since
    one did not answer; timeout: 504, since etcd did not; slow: answered, later.
    """

    what: What
    asked: str = "*"
    after: int = 0
    times: int | None = None
    seconds: float = 1.0


class Faults:
    """Those that were told, and how often each was met."""

    def __init__(self) -> None:
        self._told: list[Fault] = []
        self._met: dict[Fault, int] = {}

    def tell(self, fault: Fault) -> None:
        """From the next request on."""
        self._told.append(fault)
        self._met[fault] = 0

    def mend(self) -> None:
        """All is well again."""
        self._told.clear()
        self._met.clear()

    def due(self, asked: str) -> Fault | None:
        """The fault that this request meets."""
        for fault in self._told:
            if not fnmatchcase(asked, fault.asked):
                continue
            self._met[fault] += 1
            count = self._met[fault] - fault.after
            if count > 0 and (fault.times is None or count <= fault.times):
                return fault
        return None


class Faulty:
    """ASGI around an application that meets the faults of a cluster."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = None
        if scope["type"] == "http":
            fault = self._faults.due(f"{scope['method']} {scope['path']}")
        if fault and fault.what == "away":
            # Begun and broken off, so that a server that is really asked hangs up as well.
            head = {"type": "http.response.start", "status": 200, "headers": _LONG}
            await send(head)
            raise ConnectionResetError("the twin of Kubernetes is told to be away")
        if fault and fault.what == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault:
            error = _DENIED[fault.what](fault)
            headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
            await JSONResponse(error.body(), error.code, headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)


_LONG = [(b"content-length", b"1000")]


def _unavailable(fault: Fault) -> Denied:  # noqa: ARG001  as all are called
    message = "the server is currently unable to handle the request"
    return Denied(503, "ServiceUnavailable", message)


def _busy(fault: Fault) -> Denied:
    message = "the server has received too many requests and has asked us to try again later"
    return Denied(429, "TooManyRequests", message, retry_after=max(1, round(fault.seconds)))


def _webhook(fault: Fault) -> Denied:  # noqa: ARG001
    address = f"https://{_HOOK}:443/validate?timeout=10s"
    message = (
        f'Internal error occurred: failed calling webhook "{_HOOK}": failed to call webhook:'
        f' Post "{address}": context deadline exceeded'
    )
    return Denied(500, "InternalError", message)


def _timeout(fault: Fault) -> Denied:  # noqa: ARG001
    message = (
        "Timeout: request did not complete within requested timeout - context deadline exceeded"
    )
    return Denied(504, "Timeout", message)


_DENIED: dict[str, Callable[[Fault], Denied]] = {
    "unavailable": _unavailable,
    "busy": _busy,
    "webhook": _webhook,
    "timeout": _timeout,
}
