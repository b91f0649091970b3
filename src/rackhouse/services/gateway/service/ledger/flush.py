"""Tells PostgreSQL what was settled, four times a second, and gives back what is not needed.

What is told are sums so far, so that it does no harm to tell them again after a lost answer. While
PostgreSQL is away they wait, a few numbers for each lease; and no lease comes then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from math import inf
from uuid import UUID

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.days import day
from rackhouse.services.gateway.service.ledger.budgets import Budgets
from rackhouse.services.gateway.service.ledger.lease import Lease
from rackhouse.services.gateway.service.ledger.leases import Leases
from rackhouse.services.gateway.service.ledger.purse import Purse, until
from rackhouse.services.gateway.store.ledger import Kept, Told

_log = logging.getLogger("rackhouse.gateway.ledger")

_EVERY = 0.25  # seconds
_IDLE = 2.0  # seconds after which a lease that nobody takes from goes back
_WORD = (
    10.0  # seconds after which PostgreSQL hears of a lease that has not changed, so that it holds
)
_SWEEP = 30.0  # seconds between two looks for leases of the dead
_READ = 4.0  # seconds between two looks for limits that were changed
_FORGET = 300.0  # seconds after which a budget that nobody used is forgotten here
_DOUBT = (
    5.0  # seconds after which a statement that was not answered has been done, or never will be
)
_BATCH = 500  # leases told at once
_LAST = 5.0  # seconds for the last words


class Flush:
    """All leases of this replica, and which of them PostgreSQL has to hear of."""

    def __init__(self, store: Leases, budgets: Budgets) -> None:
        self._store = store
        self._budgets = budgets
        self._leases: dict[UUID, tuple[Lease, Purse | None]] = {}
        self._dirty: set[Lease] = set()
        self._doubtful: dict[UUID, float] = {}
        self._writing = asyncio.Lock()
        self._epoch = time.time() - time.monotonic()
        self._swept = self._forgot = time.monotonic()
        self._read = -_READ  # when the changed limits were
        self.unread = False  # since it began they could not be: what holds is not known

    def add(self, lease: Lease, purse: Purse) -> None:
        """A lease that was granted."""
        lease.told_at = time.monotonic()
        lease.known = True
        self._leases[lease.id] = (lease, purse)

    def tell(self, lease: Lease) -> None:
        """Something of it was settled, or it was closed."""
        if lease.known:
            self._dirty.add(lease)

    def doubt(self, lease: UUID) -> None:
        """It was asked for and there was no answer: it goes back, should it have been granted."""
        self._doubtful[lease] = time.monotonic() + _DOUBT

    def hear(self, epoch: float) -> None:
        """PostgreSQL's time, in seconds since 1970."""
        self._epoch = epoch - time.monotonic()

    def day(self) -> str:
        """Today, by PostgreSQL's clock as soon as it was heard: 2026-01-31."""
        return day(self._epoch + time.monotonic())

    async def begin(self) -> None:
        """Read the changed limits, before anything is granted by those of the file."""
        self.unread = True
        await self._round()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._round()
            await asyncio.sleep(_EVERY)

    async def _round(self) -> None:
        try:
            if await self._tried():
                await self._keep_house()
        except Gone:
            pass  # the next time
        except Exception:  # noqa: BLE001 (what is settled is told, whatever else is wrong)
            _log.exception("budgets could not be told")

    async def stop(self) -> None:
        """Give everything back. What cannot be told any more is charged when its lease ends."""
        for lease, _ in self._leases.values():
            lease.close()
            self._dirty.add(lease)
        self._revive_doubtful(inf)  # there is no later
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST):
                for _ in range(int(_LAST / _EVERY)):
                    if await self._tried():
                        return
                    await asyncio.sleep(_EVERY)

    async def _tried(self) -> bool:
        with contextlib.suppress(Gone):
            await self.once()
            return True
        return False

    async def once(self) -> None:
        """Tell all that there is to tell. Gone when PostgreSQL is away: told the next time."""
        async with self._writing:
            now = time.monotonic()
            self._close_unused(now)
            self._revive_doubtful(now)
            due = list(self._dirty)  # what is settled from here on is told the next time
            while due:
                batch, due = due[:_BATCH], due[_BATCH:]
                self._dirty.difference_update(batch)
                try:
                    kept = await self._store.settle([_told(each) for each in batch])
                except BaseException:
                    self._dirty.update(batch)
                    raise
                due += self._heard(batch, {each.lease: each for each in kept}, now)

    def _heard(self, batch: list[Lease], kept: dict[UUID, Kept], now: float) -> list[Lease]:
        """Which of them are to be told once more: only that gives back what is free of them."""
        again: list[Lease] = []
        for lease in batch:
            _, purse = self._leases[lease.id]
            answer = kept.get(lease.id)
            lease.told_at = now
            if answer is not None and answer.open:
                lease.until = until(answer.seconds, now)
            elif lease.open:
                lease.close()
                if answer is not None:
                    self._dirty.add(lease)
                    again.append(lease)
            if answer is not None and purse is not None:
                purse.tell(answer.standing)
            if purse is not None and not lease.open and purse.lease is lease:
                purse.lease = None
            if (lease.done and lease not in self._dirty) or answer is None:
                self._dirty.discard(lease)
                lease.known = False
                del self._leases[lease.id]
        return again

    def _close_unused(self, now: float) -> None:
        for lease, purse in self._leases.values():
            if purse is not None and lease.open and not _used(lease, purse, now):
                lease.close()
                self._dirty.add(lease)
            if now - lease.told_at > _WORD:
                self._dirty.add(lease)

    def _revive_doubtful(self, now: float) -> None:
        for id in [id for id, due in self._doubtful.items() if due <= now]:
            del self._doubtful[id]
            lease = Lease(id, 0, 0, 0.0)
            lease.close()
            lease.known = True
            self._leases[id] = (lease, None)
            self._dirty.add(lease)

    async def _keep_house(self) -> None:
        now = time.monotonic()
        if now - self._read > _READ:
            self._budgets.change(await self._store.changed())
            self._read, self.unread = now, False
        if now - self._swept > _SWEEP:
            self._swept = now
            await self._store.sweep()
        if now - self._forgot > _FORGET:
            self._forgot = now
            self._budgets.forget(now - _FORGET)


def _used(lease: Lease, purse: Purse, now: float) -> bool:
    """Whether somebody took from it of late, and still may: its budget's limits may have changed,
    and then it was dropped.
    """
    return purse.lease is lease and now < lease.until and now - purse.used_at <= _IDLE


def _told(lease: Lease) -> Told:
    return Told(
        lease=lease.id,
        money_settled=lease.money.settled,
        money_granted=lease.money.granted,
        money_overrun=lease.money.overrun,
        tokens_settled=lease.tokens.settled,
        tokens_granted=lease.tokens.granted,
        tokens_overrun=lease.tokens.overrun,
    )
