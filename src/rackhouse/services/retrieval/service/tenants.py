"""Who may ask: the applications of a file, each by its key; and which resolvers are asked for them.
The file may become another one while it is served.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from rackhouse.kit.errors import FileError, Missing, Problem, RackhouseError
from rackhouse.kit.files import mark_of
from rackhouse.kit.web.problem import Unauthorized

_log = logging.getLogger(__name__)
_EVERY: Final = 0.25  # seconds between two looks at the file


class Tenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is an application's."""

    name: str
    key: str


class Resolver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One that knows references: `url` answers those of the `text` that it is asked with."""

    name: str
    url: str


class _File(msgspec.Struct, frozen=True):
    tenants: tuple[Tenant, ...]
    resolvers: tuple[Resolver, ...] = ()


class Tenants:
    """Those of the file as it is now. FileError, Missing at the start alone: later a file that
    cannot be read changes nothing, and is told of once.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._now = now
        self._mark = mark_of(path)
        self._next = now() + _EVERY
        self._set(_load(path))

    def names(self) -> tuple[str, ...]:
        """All of them."""
        self._look()
        return self._names

    def resolvers(self) -> Mapping[str, str]:
        """The address of each, by its name."""
        self._look()
        return self._resolvers

    def named(self, key: str) -> str:
        """Whose key it is. Every one is compared, whichever fits: the time says nothing."""
        self._look()
        digest, found = hashlib.sha256(key.encode()).digest(), ""
        for name, own in self._digests:
            if hmac.compare_digest(digest, own):
                found = name
        if not found:
            raise Unauthorized(
                "this key is no tenant's" if key else "no key was sent",
                fix="send `Authorization: Bearer KEY` with the key of a resource of"
                " `type: retrieval`",
            )
        return found

    def _look(self) -> None:
        if self._now() < self._next:
            return
        self._next = self._now() + _EVERY
        mark = mark_of(self._path)
        if mark is None or mark == self._mark:
            return
        self._mark = mark
        try:
            self._set(_load(self._path))
        except RackhouseError as error:
            _log.error("the file of tenants is passed over: %s", error)

    def _set(self, file: _File) -> None:
        tenants = file.tenants
        self._digests = [(it.name, hashlib.sha256(it.key.encode()).digest()) for it in tenants]
        self._names = tuple(it.name for it in tenants)
        self._resolvers = {it.name: it.url for it in file.resolvers}


def _load(path: Path) -> _File:
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise Missing(
            f"the file of tenants cannot be read: {error.strerror}",
            where=str(path),
            fix="name one that can in RETRIEVAL_TENANTS",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, str(error)) from error
    for each in file.tenants:
        if not each.name or len(each.key) < _SHORTEST:
            raise _wrong(path, f"the tenant {each.name!r} has no name, or a key that is guessed")
    if len({each.name for each in file.tenants}) < len(file.tenants):
        raise _wrong(path, "two tenants have one name")
    for resolver in file.resolvers:
        if not resolver.url.startswith(("http://", "https://")):
            raise _wrong(path, f"the resolver {resolver.name!r} has no address")
    return file


_SHORTEST: Final = 16  # characters of a key


def _wrong(path: Path, what: str) -> FileError:
    fix = 'write {"tenants": [{"name": NAME, "key": KEY}]}, each name once, keys of 16 and more'
    return FileError(str(path), [Problem(line=0, rule="tenants", path="", what=what, fix=fix)])
