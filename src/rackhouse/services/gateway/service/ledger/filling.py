"""How leases come: requests wait for one that they fit in, and the next one of a busy budget is
asked for while the last one lasts, so that nobody waits for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.problem import Away, OverBudget
from rackhouse.services.gateway.service.ledger.flush import Flush
from rackhouse.services.gateway.service.ledger.leases import Leases
from rackhouse.services.gateway.service.ledger.purse import Purse

_PATIENCE = 3.0  # seconds for what others have set aside to come back: idle leases do after two
_PAUSE = 0.1  # seconds between two looks whether it has: so long is a refusal believed
_BELIEVED = 0.5  # seconds for which PostgreSQL is taken to be away without asking again
_AWAY = 10.0  # seconds for which it is told as away after it did not answer
_LAST = 5.0  # seconds at the end for leases that are under way


class Filling:
    """Asks PostgreSQL for leases, for each budget one at a time."""

    def __init__(self, store: Leases, flush: Flush) -> None:
        self._store = store
        self._flush = flush
        self._gone, self._gone_at = "", -_BELIEVED  # why PostgreSQL could not be asked, and when
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def away(self) -> bool:
        """Whether PostgreSQL did not answer of late, or not yet."""
        return self._flush.unread or time.monotonic() - self._gone_at < _AWAY

    async def fit(self, purses: Sequence[Purse], money: int, tokens: int, since: float) -> None:
        """Until each has a lease that a request fits in, which waits `since` then. Another may have
        been quicker on return. OverBudget, Away.
        """
        for purse in purses:
            await self._fit(purse, money, tokens, since + _PATIENCE)

    def early(self, purse: Purse, money: int, tokens: int) -> None:
        """Ask for the next lease while the one that there is lasts."""
        if purse.filling is None and not self._gone_of_late(time.monotonic()):
            self._begin(purse, money, tokens, early=True)

    async def stop(self) -> None:
        """What was asked for is there, or nobody knows: nothing is granted after that."""
        if self._asking:
            await asyncio.wait(self._asking, timeout=_LAST)

    async def _fit(self, purse: Purse, money: int, tokens: int, end: float) -> None:
        while not purse.fits(money, tokens, now := time.monotonic()):
            late = now >= end
            if purse.filling is None or late:
                if purse.refuses(money, tokens, end - _PATIENCE if late else now - _PAUSE):
                    if late or purse.used_up(money, tokens):
                        raise _over(purse, used_up=purse.used_up(money, tokens))
                    await asyncio.sleep(_PAUSE)
                    continue
                if why := self._why_uncounted(now, end):
                    if purse.binds:
                        raise away(why)
                    purse.uncounted(now)
                    return
                self._begin(purse, money, tokens)
            assert purse.filling is not None
            purse.wait(money, tokens)
            try:
                # Shielded: others wait for it too, and what was granted must not be forgotten.
                await asyncio.shield(purse.filling)
            finally:
                purse.wait(-money, -tokens)

    def _why_uncounted(self, now: float, end: float) -> str:
        """Why there is nothing to wait for; empty where there is."""
        if self._gone_of_late(now):
            return self._gone
        if self._flush.unread:
            return "which limits were changed could not be read yet"
        return "PostgreSQL answers too late" if now >= end else ""

    def _gone_of_late(self, now: float) -> bool:
        return now - self._gone_at < _BELIEVED

    def _begin(self, purse: Purse, money: int, tokens: int, *, early: bool = False) -> None:
        task = asyncio.create_task(self._fill(purse, money, tokens, early=early))
        purse.filling = task
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _fill(self, purse: Purse, money: int, tokens: int, *, early: bool) -> None:
        """What is left of the lease before goes back: early, once there is another."""
        now, limits = time.monotonic(), purse.limits
        if not early:
            self._give_back(purse)
        asked = purse.ask(money, tokens, now)
        try:
            granted = await self._store.grant(asked)
            self._flush.hear(granted.epoch)
            if not granted.refused:
                self._give_back(purse)
            if lease := purse.answer(asked, granted, now):
                self._flush.add(lease, purse)
            elif not early:
                await self._flush.once()  # what we can give back ourselves
                purse.refused(asked, time.monotonic())
            if purse.limits is not limits:
                purse.lease = None
        except Gone as gone:
            self._gone, self._gone_at = str(gone), time.monotonic()
            if gone.asked:
                self._flush.doubt(asked.lease)
        finally:
            purse.filling = None

    def _give_back(self, purse: Purse) -> None:
        if before := purse.close():
            self._flush.tell(before)


def away(why: str) -> Away:
    """The problem that budgets cannot be counted."""
    return Away(f"budgets cannot be counted just now: {why}", retry_after=1)


def _over(purse: Purse, *, used_up: bool) -> OverBudget:
    whose = f"the {purse.period}'s budget of {purse.scope} {purse.name}"
    if used_up:
        return OverBudget(f"{whose} is used up, or has too little left for this request")
    return OverBudget(
        f"{whose} has its rest set aside for requests that are being answered",
        fix="try again in a moment, or ask for a shorter answer",
    )
