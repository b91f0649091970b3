"""Who a key belongs to. The applications' keys come with the file; people's are in a store, and are
believed for a few seconds, so that a request asks nobody and a revocation is felt soon.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.call import Caller
from rackhouse.services.gateway.model.config import SHADOW, Key
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.model.problem import Away, BadRequest, NotFound, Unauthorized

_Answer = TypeVar("_Answer")

PREFIX = "sk-rack-"
_LENGTH = len(PREFIX) + 43  # 32 bytes
_BELIEVED = 4.0  # seconds until the store is asked again
_SERVED = 600.0  # seconds for which a key is believed while the store is away
_MOST = 10_000  # keys remembered; as many that there are not
_ASKED = 2  # lookups at once: the store has four connections, and budgets need them more
_CROWD = 64  # lookups that wait; whoever is not known already and comes then is sent away
_PATIENCE = 4.0  # seconds for a lookup, waiting for its turn among them


class KeyStore(Protocol):
    """Where people's keys are kept. Gone when it is away."""

    async def find(self, digest: bytes) -> PersonKey | None:
        """None for one that is not known, was revoked or has expired."""

    async def add(self, key: PersonKey, digest: bytes) -> bool:
        """False where there is one of that name."""

    async def all(self) -> Sequence[PersonKey]:
        """By name."""

    async def revoke(self, name: str) -> bool:
        """False where there is none of that name."""


class _Known:
    """What the store said of a digest, and when."""

    __slots__ = ("at", "caller")

    def __init__(self, caller: Caller | None, at: float) -> None:
        self.caller = caller
        self.at = at


class KnownKeys:
    """A `seams.Keys`. Keys are compared by digest: how long that takes tells nothing of a key."""

    def __init__(
        self, given: Iterable[Key], store: KeyStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._given = {_digest(each.secret): _caller(each) for each in given}
        self._names = frozenset(each.key for each in self._given.values())
        self._store = store
        self._clock = clock
        self._known: dict[bytes, _Known] = {}
        self._unknown: dict[bytes, _Known] = {}
        self._asking: dict[bytes, asyncio.Task[_Known]] = {}
        self._turns = asyncio.Semaphore(_ASKED)

    async def identify(self, token: str) -> Caller:
        """As `seams.Keys`. Away where a key cannot be looked up just now."""
        digest = _digest(token)
        if given := self._given.get(digest):
            return given
        if len(token) != _LENGTH or not token.startswith(PREFIX):
            raise _nobody()
        known = self._known.get(digest) or self._unknown.get(digest)
        if known is None or self._clock() - known.at > _BELIEVED:
            known = await self._ask(digest, known)
        if known.caller is None:
            raise _nobody()
        return known.caller

    async def make(self, key: PersonKey) -> str:
        """A new key, which nobody can be shown again. BadRequest where the name is taken; Away, as
        each of these three.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        digest = _digest(token)
        taken = key.name in self._names or key.name == SHADOW
        if taken or not await _kept(self._store.add(key, digest)):
            raise BadRequest(
                f"there is a key {key.name!r} already", fix="take another name", param="name"
            )
        self._unknown.pop(digest, None)
        return token

    async def all(self) -> Sequence[PersonKey]:
        """People's keys, by name."""
        return await _kept(self._store.all())

    async def revoke(self, name: str) -> None:
        """It is refused at once here, and by the other replicas in a few seconds."""
        if not await _kept(self._store.revoke(name)):
            raise NotFound(f"there is no key {name!r}", fix="GET /admin/keys tells which there are")
        for digest in [d for d, each in self._known.items() if _is(each.caller, name)]:
            del self._known[digest]

    async def _ask(self, digest: bytes, before: _Known | None) -> _Known:
        """Once for all that ask at this moment. Anybody can make up keys, and each is looked for:
        a crowd of strangers waits here, and neither in the way of budgets nor for long.
        """
        asking = self._asking.get(digest)
        if asking is None:
            if len(self._asking) >= _CROWD and not (before and before.caller):
                raise _later()
            asking = self._asking[digest] = asyncio.create_task(self._find(digest, before))
            asking.add_done_callback(partial(self._asked, digest))
        try:
            return await asyncio.shield(asking)
        except (Gone, TimeoutError):
            if before and before.caller and self._clock() - before.at < _SERVED:
                return before
            raise _later() from None

    def _asked(self, digest: bytes, asking: asyncio.Task[_Known]) -> None:
        del self._asking[digest]
        if not asking.cancelled():
            asking.exception()  # seen: whoever asked may have left

    async def _find(self, digest: bytes, before: _Known | None) -> _Known:
        at = self._clock()
        async with asyncio.timeout(_PATIENCE), self._turns:
            key = await self._store.find(digest)
        caller = _caller(key, key.person) if key else None
        if before is not None and caller == before.caller:
            before.at = at  # the same object, by which its budgets are known
            return before
        found = _Known(caller, at)
        there, gone = (self._known, self._unknown) if key else (self._unknown, self._known)
        gone.pop(digest, None)
        while len(there) >= _MOST:
            del there[next(iter(there))]
        there[digest] = found
        return found


class MemoryKeys:
    """A `KeyStore` that forgets everything with its process."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[PersonKey, bytes]] = {}

    async def find(self, digest: bytes) -> PersonKey | None:
        """As `KeyStore`."""
        now = time.time()
        for key, its in self._keys.values():
            if its == digest and (key.expires is None or key.expires.timestamp() > now):
                return key
        return None

    async def add(self, key: PersonKey, digest: bytes) -> bool:
        """As `KeyStore`."""
        return self._keys.setdefault(key.name, (key, digest))[1] == digest

    async def all(self) -> Sequence[PersonKey]:
        """As `KeyStore`."""
        return [key for _, (key, _) in sorted(self._keys.items())]

    async def revoke(self, name: str) -> bool:
        """As `KeyStore`."""
        return self._keys.pop(name, None) is not None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _is(caller: Caller | None, name: str) -> bool:
    return caller is not None and caller.key == name


async def _kept(asking: Awaitable[_Answer]) -> _Answer:
    try:
        return await asking
    except Gone as gone:
        fix = "GET /admin/keys tells in a moment whether it was done" if gone.asked else ""
        raise Away(
            f"people's keys are out of reach just now: {gone}", fix=fix, retry_after=1
        ) from gone


def _later() -> Away:
    return Away("keys cannot be looked up just now", retry_after=1)


def _nobody() -> Unauthorized:
    return Unauthorized(
        "this key is not known here", fix="make one with `rackhouse models key NAME`"
    )


def _caller(key: Key | PersonKey, person: str = "") -> Caller:
    return Caller(
        key=key.name,
        application=key.application,
        person=person,
        models=frozenset(key.models),
        limits=key.limits,
        requests_per_minute=key.requests_per_minute,
        tokens_per_minute=key.tokens_per_minute,
    )
