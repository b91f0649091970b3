"""Where leases come from, as the ledger sees it; and its twin for a gateway without a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn, Protocol

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.config import Budget, Scope
from rackhouse.services.gateway.store.ledger import Asked, Granted, Kept, Row, Told


class Leases(Protocol):
    """`store.ledger.LedgerStore`. Every method raises Gone, and may be called again."""

    async def grant(self, asked: Asked) -> Granted:
        """Set a lease aside, if there is enough left."""

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        """Write what became of leases; all or none. One that is not answered is done with."""

    async def sweep(self) -> None:
        """Charge the leases of the dead everywhere, and forget what is long over."""

    async def standing(self) -> Sequence[Row]:
        """Every budget that was touched in the period that runs now."""

    async def changed(self) -> Sequence[Budget]:
        """The budgets whose limits were set while the gateway ran."""

    async def change(self, budget: Budget) -> None:
        """Set the limits of a budget."""

    async def restore(self, scope: Scope, name: str) -> None:
        """Those of the file or the key hold again."""


class NoLeases:
    """No database: hard budgets stay closed, and nothing is counted."""

    async def grant(self, _: Asked) -> Granted:
        """None."""
        _nowhere()

    async def settle(self, _: Sequence[Told]) -> Sequence[Kept]:
        """There is none."""
        return ()

    async def sweep(self) -> None:
        """There is none."""

    async def standing(self) -> Sequence[Row]:
        """None was touched."""
        return ()

    async def changed(self) -> Sequence[Budget]:
        """None."""
        return ()

    async def change(self, _: Budget) -> None:
        """Not kept."""
        _nowhere()

    async def restore(self, _: Scope, __: str) -> None:
        """Not kept."""
        _nowhere()


def _nowhere() -> NoReturn:
    raise Gone("the gateway has no database; name one in DATABASE_URL")
