"""The statements of the ledger: leases on budgets, what was settled of them, what is left.

The arithmetic that must hold is in the database (`migrations/0001_ledger.sql`); money in nanos.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import convert, to_builtins
from psycopg.types.json import Jsonb

from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.model.config import Budget, Limit, Scope

LIFE = 60.0  # seconds that a lease holds without a word from its replica


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A lease that a replica would like: `need` at least, `want` at most. A cap None: as much as is
    wanted, and no more than counted.
    """

    lease: UUID
    scope: str
    name: str
    period: str
    money_cap: int | None
    money_need: int
    money_want: int
    tokens_cap: int | None
    tokens_need: int
    tokens_want: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget's row: spent by all replicas (what upstreams charged beyond their leases among it),
    and leased out to them.
    """

    money_spent: int
    money_leased: int
    tokens_spent: int
    tokens_leased: int


@dataclass(frozen=True, slots=True)
class Granted:
    """`money` None: there is no such lease to give. It ends in `seconds`; `epoch` is the time of
    PostgreSQL, in seconds since 1970.
    """

    money: int | None
    tokens: int | None
    seconds: float
    epoch: float
    standing: Standing

    @property
    def refused(self) -> bool:
        """Whether there is no lease."""
        return self.money is None or self.tokens is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a replica says of a lease: settled so far, and what it still wants of what it got."""

    lease: UUID
    money_settled: int
    money_granted: int
    money_overrun: int
    tokens_settled: int
    tokens_granted: int
    tokens_overrun: int


@dataclass(frozen=True, slots=True)
class Kept:
    """`open` False: it had ended, and what was granted counts as spent but for what is corrected
    later; nothing more may be taken from it.
    """

    lease: UUID
    open: bool
    seconds: float
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A budget in the period that runs now, for people."""

    scope: str
    name: str
    period: str
    starts: datetime
    ends: datetime
    money_cap: int | None
    money_settled: int
    money_leased: int
    money_overrun: int
    tokens_cap: int | None
    tokens_settled: int
    tokens_leased: int
    tokens_overrun: int


def _own_clock() -> datetime | None:
    return None


class LedgerStore:
    """`clock` answers the time that the statements go by; None is PostgreSQL's own, always so but
    in tests; a lease ends after `life` seconds. Every method raises `Gone` when PostgreSQL
    is away, and may be called again.
    """

    def __init__(
        self,
        database: Database,
        replica: str,
        clock: Callable[[], datetime | None] = _own_clock,
        life: float = LIFE,
    ) -> None:
        self._database = database
        self._replica = replica
        self._clock = clock
        self._life = life

    async def grant(self, asked: Asked) -> Granted:
        """Set a lease aside, if there is enough left."""
        rows = await self._database.rows(
            "SELECT * FROM gateway_grant(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " %s * interval '1 second', coalesce(%s, clock_timestamp()))",
            (
                asked.lease,
                self._replica,
                asked.scope,
                asked.name,
                asked.period,
                asked.money_cap,
                asked.money_need,
                asked.money_want,
                asked.tokens_cap,
                asked.tokens_need,
                asked.tokens_want,
                self._life,
                self._clock(),
            ),
        )
        money, tokens, seconds, epoch, *standing = rows[0]
        return Granted(money, tokens, seconds, epoch, Standing(*standing))

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        """Write what became of leases; all or none. One that is not answered is done with."""
        rows = await self._database.rows(
            "SELECT * FROM gateway_settle(%s, %s, %s, %s, %s, %s, %s,"
            " %s * interval '1 second', coalesce(%s, clock_timestamp()))",
            (
                [each.lease for each in told],
                [each.money_settled for each in told],
                [each.money_granted for each in told],
                [each.money_overrun for each in told],
                [each.tokens_settled for each in told],
                [each.tokens_granted for each in told],
                [each.tokens_overrun for each in told],
                self._life,
                self._clock(),
            ),
        )
        return [Kept(row[0], row[1], row[2], Standing(*row[3:])) for row in rows]

    async def sweep(self) -> None:
        """Charge the leases of the dead everywhere, and forget what is long over."""
        clock = self._clock()
        await self._database.rows(
            "SELECT gateway_sweep(id, coalesce(%s, clock_timestamp())) FROM ("
            " SELECT id FROM gateway_budgets WHERE id IN (SELECT budget FROM gateway_leases"
            " WHERE NOT charged AND ends <= coalesce(%s, clock_timestamp()))"
            " ORDER BY id FOR UPDATE) AS ended",
            (clock, clock),
        )
        await self._database.rows(
            "DELETE FROM gateway_budgets"
            " WHERE ends < coalesce(%s, clock_timestamp()) - interval '400 days'",
            (clock,),
        )

    async def standing(self) -> Sequence[Row]:
        """Every budget that was touched in the period that runs now."""
        rows = await self._database.rows(
            "SELECT scope, name, period, starts, ends, money_cap, money_settled,"
            " money_leased, money_overrun, tokens_cap, tokens_settled, tokens_leased,"
            " tokens_overrun FROM gateway_budgets"
            " WHERE coalesce(%s, clock_timestamp()) >= starts"
            " AND coalesce(%s, clock_timestamp()) < ends ORDER BY scope, name, period",
            (self._clock(), self._clock()),
        )
        return [_row(row) for row in rows]

    async def changed(self) -> Sequence[Budget]:
        """The budgets whose limits were set while the gateway ran."""
        rows = await self._database.rows("SELECT scope, name, limits FROM gateway_limits")
        return [
            Budget(scope=Scope(scope), name=name, limits=convert(limits, tuple[Limit, ...]))
            for scope, name, limits in rows
        ]

    async def change(self, budget: Budget) -> None:
        """Set the limits of a budget; every replica hears of it in a few seconds."""
        await self._database.rows(
            "INSERT INTO gateway_limits (scope, name, limits) VALUES (%s, %s, %s)"
            " ON CONFLICT (scope, name) DO UPDATE SET limits = excluded.limits, changed_at = now()",
            (budget.scope, budget.name, Jsonb(to_builtins(budget.limits))),
        )

    async def restore(self, scope: Scope, name: str) -> None:
        """Those of the file or the key hold again."""
        await self._database.rows(
            "DELETE FROM gateway_limits WHERE scope = %s AND name = %s", (scope, name)
        )


def _row(row: Sequence[object]) -> Row:
    return Row(**dict(zip(Row.__slots__, row, strict=True)))  # type: ignore[arg-type]
