"""The seam between apply and the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp

Say = Callable[[str], None]  # progress for a person: "waiting for GET /healthz (3 s)"


class Target(Protocol):
    """One place where resources live. Every method may raise `Unavailable`.

    The five laws that make an apply resumable after a kill at any point:
    the stamp is written with or before the thing; its fingerprint last; `ensure` and `remove` are
    idempotent; chosen values are saved in one transaction if absent; resuming is planning again.
    """

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What is there: of `ids`, or (None) everything that carries this rack's stamp."""
        ...

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Create or change, wait until ready, stamp; answer it as it is now. Idempotent.

        `stamp` comes unfinished (`found` empty); the target fills `found` when all is done.
        Raises NotOurs where a stranger's thing has that name.
        """
        ...

    async def remove(self, seen: Seen, say: Say) -> None:
        """Drain, stop, delete. Absent is success."""
        ...

    async def output(self, ref: Ref) -> Hidden:
        """The value, for apply only. Missing when the thing or the output does not exist."""
        ...

    async def close(self) -> None:
        """Let go of connections. The target cannot be used after it."""
        ...
