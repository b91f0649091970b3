"""The arithmetic within one lease. Pure: no clock, no store.

At every moment `settled + reserved <= granted`, in money and in tokens, so that a lease is never
worth more than PostgreSQL has set aside for it.
"""

from __future__ import annotations

from uuid import UUID

# Granted in place of what a budget does not count.
ENDLESS = 1 << 62


class Amount:
    """One kind of worth, money in nanos or tokens: what of it was granted, and what became of it.

    `free` is what may still be reserved: all that is neither settled nor reserved. `overrun` is
    what upstreams charged beyond what was reserved and all that was free: it is spent too, though
    no lease covers it.
    """

    __slots__ = ("free", "granted", "overrun", "reserved", "settled")

    def __init__(self, granted: int) -> None:
        self.granted = granted
        self.free = granted
        self.reserved = 0
        self.settled = 0
        self.overrun = 0

    def settle(self, reserved: int, used: int) -> None:
        """`used` is charged; the rest of what was `reserved` is free again."""
        self.reserved -= reserved
        self.settled += used
        self.free += reserved - used
        if self.free < 0:
            self.overrun -= self.free
            self.settled += self.free
            self.free = 0

    def close(self) -> None:
        """What is free goes back."""
        self.granted -= self.free
        self.free = 0


class Lease:
    """What a replica may spend of one budget. `until`: on its own clock, when it stops taking.
    `known`: PostgreSQL is to hear what becomes of it.
    """

    __slots__ = ("id", "known", "money", "open", "tokens", "told_at", "until")

    def __init__(self, id: UUID, money: int, tokens: int, until: float) -> None:
        self.id = id
        self.money = Amount(money)
        self.tokens = Amount(tokens)
        self.until = until
        self.told_at = 0.0  # when PostgreSQL last heard of it
        self.known = False
        self.open = True

    def fits(self, money: int, tokens: int) -> bool:
        """Whether `take` would."""
        return self.open and money <= self.money.free and tokens <= self.tokens.free

    def take(self, money: int, tokens: int) -> bool:
        """Reserve it, where it fits."""
        its_money, its_tokens = self.money, self.tokens
        if not self.open or money > its_money.free or tokens > its_tokens.free:
            return False
        its_money.free -= money
        its_money.reserved += money
        its_tokens.free -= tokens
        its_tokens.reserved += tokens
        return True

    @property
    def low(self) -> bool:
        """Three quarters of it are used, or set aside."""
        money, tokens = self.money, self.tokens
        return 4 * money.free < money.granted or 4 * tokens.free < tokens.granted

    def settle(self, money: int, tokens: int, used_money: int, used_tokens: int) -> None:
        """What was taken has become what was used. A closed lease keeps nothing that is free."""
        self.money.settle(money, used_money)
        self.tokens.settle(tokens, used_tokens)
        if not self.open:
            self.close()

    def close(self) -> None:
        """Nothing more is taken from it: what is free goes back."""
        self.open = False
        self.money.close()
        self.tokens.close()

    @property
    def done(self) -> bool:
        """All of it is settled, or given back."""
        return not (self.open or self.money.reserved or self.tokens.reserved)
