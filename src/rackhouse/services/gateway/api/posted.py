"""Paths that are asked by POST, most of them thousands of times a second: ASGI by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.model.problem import Problem


class Posted(ABC):
    """One of them. `form` is how it says what is wrong."""

    form: Callable[[Problem], Any] = staticmethod(http.said)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI."""
        try:
            await self.answer(scope, receive, send)
        except Problem as problem:
            await http.send_problem(send, problem, self.form)
        except ClientDisconnect:
            pass  # before all was said: nobody reads an answer
        except Exception:
            with suppress(RuntimeError):  # an answer had begun, which the server cuts off
                await http.send_problem(send, Problem("the gateway failed"), self.form)
            raise

    @abstractmethod
    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is asked, answered. Problem, where nothing was sent yet."""


class Paths:
    """An ASGI application: `posted` are looked up at once, all else is left to the `others`."""

    def __init__(self, posted: Mapping[str, Posted], others: ASGIApp) -> None:
        self._posted = posted
        self._others = others

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """As ASGI."""
        found = self._posted.get(scope["path"]) if scope.get("method") == "POST" else None
        return (found or self._others)(scope, receive, send)
