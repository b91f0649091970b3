"""Who asks: the signed name that the ingress sends, verified with keys that are fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from rackhouse.kit import identity
from rackhouse.kit.errors import Refused
from rackhouse.kit.web.problem import Unauthorized
from rackhouse.services.study.clients.http import Door

_OLD = 600.0  # seconds until keys are fetched anew
_SOON = 5.0  # seconds between two tries: a made-up key must not have us ask all the time
_SIGN_IN = "sign in at the rack's console, and open this application from there"


class SignedIn:
    """Over the console's key set. `door` leads to the very address of it."""

    def __init__(
        self, door: Door, application: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._door = door
        self._application = application
        self._now = now
        self._keys: dict[str, Any] = {}
        self._tried = self._fetched = float("-inf")
        self._fetching = asyncio.Lock()

    async def subject(self, token: str) -> str:
        """Whose token it is. Unauthorized; Away where no keys could be fetched yet."""
        if not token:
            raise Unauthorized("nobody is signed in", fix=_SIGN_IN)
        seen = self._fetched
        await self._fresh(_OLD)
        try:
            return self._verified(token)
        except Unauthorized:
            await self._fresh(_SOON)  # the console may sign with another key by now
            if self._fetched == seen:
                raise
            return self._verified(token)

    def _verified(self, token: str) -> str:
        try:
            return identity.verify(token, self._keys, self._application).name
        except Refused as refused:
            raise Unauthorized(refused.what, fix=refused.fix) from None

    async def _fresh(self, age: float) -> None:
        """Fetch the keys where they are older than that. Old ones serve while the console is
        away.
        """
        if self._now() - max(self._fetched, self._tried) < age:
            return
        async with self._fetching:
            if self._now() - max(self._fetched, self._tried) < age:
                return
            self._tried = self._now()
            try:
                self._keys = await self._door.get("", dict[str, Any])
                self._fetched = self._now()
            except Exception:
                if not self._keys:
                    self._tried = float("-inf")
                    raise


class Everybody:
    """One person, whoever asks: where nobody signs in."""

    def __init__(self, person: str) -> None:
        self._person = person

    async def subject(self, token: str) -> str:  # noqa: ARG002  the seam has one
        """Always the same."""
        return self._person
