"""One budget as a replica sees it: the lease that it takes from, how large the next one should be,
and what PostgreSQL last said of the whole. Pure but for the times that it is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from math import inf
from uuid import uuid4

from rackhouse.services.gateway.model.config import Limit, Scope
from rackhouse.services.gateway.service.ledger.lease import ENDLESS, Lease
from rackhouse.services.gateway.service.ledger.prices import MOST
from rackhouse.services.gateway.store.ledger import Asked, Granted, Standing

_MARGIN = 15.0  # seconds before its end that a lease is no longer taken from
_UNCOUNTED = 1.0  # seconds
_CAP = 4 * 10**18
_BUSY = 8  # requests that have taken from a lease: the next may be asked for before it is used up


class Purse:
    """`filling` is the one request for a lease that is under way."""

    def __init__(self, scope: Scope, name: str, limits: tuple[Limit, ...]) -> None:
        self.scope = scope
        self.name = name
        self.lease: Lease | None = None
        self.share = 0.0  # of it is spent, as far as this replica heard
        self.warning = ""  # what people are told: past its share, or past all of it
        self._standing = Standing(0, 0, 0, 0)
        self.limit(limits)
        self.filling: asyncio.Task[None] | None = None
        self.used_at = 0.0  # when something was last taken or asked for
        self._waiting_money = self._waiting_tokens = 0  # of the requests that wait for a lease
        self._taken_money = self._taken_tokens = 0  # since the last lease came
        self._since = 0.0
        self._takes = 0  # from this lease
        self._refused_at = -inf
        self._refused_money = self._refused_tokens = ENDLESS

    def limit(self, limits: tuple[Limit, ...]) -> None:
        """All of one period, and at least one. Of several hard ones the lowest holds; soft ones
        are counted and told.
        """
        self.limits = limits
        self.period = limits[0].period
        self.money_cap = _lowest(each.money for each in limits if each.hard)
        self.tokens_cap = _lowest(each.tokens for each in limits if each.hard)
        self.counts_money = any(each.money >= 0 for each in limits)
        self.counts_tokens = any(each.tokens >= 0 for each in limits)
        self.lease = None  # it may not count what these do; whoever tells PostgreSQL closes it

    def take(self, money: int, tokens: int, now: float) -> Lease | None:
        """Reserve, and say from which lease; None: there has to be another first."""
        lease = self.lease
        if lease is None or now >= lease.until or not lease.take(money, tokens):
            return None
        self.used_at = now
        self._takes += 1
        self._taken_money += money
        self._taken_tokens += tokens
        return lease

    def runs_low(self) -> bool:
        """Whether the next lease should be asked for while this one lasts. Said now and then."""
        lease = self.lease
        if lease is None or self._takes < _BUSY or self.filling is not None or not lease.low:
            return False
        self._takes = 0
        return True

    def fits(self, money: int, tokens: int, now: float) -> bool:
        """Whether `take` would."""
        lease = self.lease
        return lease is not None and now < lease.until and lease.fits(money, tokens)

    def close(self) -> Lease | None:
        """Take no more from the lease that it has, and say which that was."""
        lease, self.lease = self.lease, None
        if lease is not None:
            lease.close()
        return lease

    def wait(self, money: int, tokens: int) -> None:
        """A request needs that much (less than none: no longer)."""
        self._waiting_money += money
        self._waiting_tokens += tokens

    def ask(self, money: int, tokens: int, now: float) -> Asked:
        """For what a request needs; rather for all that wait, or for a second at this pace, but at
        most twice what the last one was used for, so that a burst sets little aside.
        """
        self.used_at = now
        times = 1.0 / max(now - self._since, 0.5)
        want_money = max(money, self._waiting_money, int(self._taken_money * times))
        want_tokens = max(tokens, self._waiting_tokens, int(self._taken_tokens * times))
        return Asked(
            lease=uuid4(),
            scope=self.scope,
            name=self.name,
            period=self.period,
            money_cap=self.money_cap,
            money_need=money if self.counts_money else 0,
            money_want=min(want_money, MOST) if self.counts_money else 0,
            tokens_cap=self.tokens_cap,
            tokens_need=tokens if self.counts_tokens else 0,
            tokens_want=min(want_tokens, MOST) if self.counts_tokens else 0,
        )

    def answer(self, asked: Asked, granted: Granted, now: float) -> Lease | None:
        """What PostgreSQL answered, asked at `now`. The lease, if there is one."""
        self.tell(granted.standing)
        if granted.money is None or granted.tokens is None:
            return None
        self._taken_money = self._taken_tokens = self._takes = 0
        self._since = now
        self.lease = Lease(
            asked.lease,
            granted.money if self.counts_money else ENDLESS,
            granted.tokens if self.counts_tokens else ENDLESS,
            until(granted.seconds, now),
        )
        return self.lease

    @property
    def binds(self) -> bool:
        """Whether any of its limits is a hard one."""
        return self.money_cap is not None or self.tokens_cap is not None

    def uncounted(self, now: float) -> None:
        """Go on for a moment with a lease that PostgreSQL knows nothing of: nothing binds."""
        self.lease = Lease(uuid4(), ENDLESS, ENDLESS, now + _UNCOUNTED)

    def refused(self, asked: Asked, now: float) -> None:
        """As much is not asked for again at once. `now` is after the answer, however late it came:
        whoever waits looks then whether to go on waiting.
        """
        self._refused_at = now
        self._refused_money, self._refused_tokens = asked.money_need, asked.tokens_need

    def refuses(self, money: int, tokens: int, since: float) -> bool:
        """Whether as much, or less, was refused since then."""
        return self._refused_at > since and (
            (self.money_cap is not None and money >= self._refused_money > 0)
            or (self.tokens_cap is not None and tokens >= self._refused_tokens > 0)
        )

    def used_up(self, money: int, tokens: int) -> bool:
        """Whether it is spent, and not only set aside, so that waiting will not help."""
        money += self._standing.money_spent
        tokens += self._standing.tokens_spent
        return (self.money_cap is not None and money > self.money_cap) or (
            self.tokens_cap is not None and tokens > self.tokens_cap
        )

    def tell(self, standing: Standing) -> None:
        """What PostgreSQL says of the whole."""
        self._standing = standing
        self.share = max(_share(each, standing) for each in self.limits)
        self.warning = (
            f"{self.scope} {self.name}: {self.share:.0%} of the {self.period}'s budget is spent"
            if self.share >= min(each.warn for each in self.limits)
            else ""
        )


def until(seconds: float, now: float) -> float:
    """When a lease is no longer taken from that PostgreSQL ends `seconds` after `now`."""
    return now + max(seconds - _MARGIN, 0.25 * seconds)


def _lowest(caps: Iterable[int]) -> int | None:
    return min((min(each, _CAP) for each in caps if each >= 0), default=None)


def _share(limit: Limit, standing: Standing) -> float:
    return max(
        standing.money_spent / limit.money if limit.money > 0 else 0.0,
        standing.tokens_spent / limit.tokens if limit.tokens > 0 else 0.0,
    )
