"""The arithmetic within a lease, for every order in which requests come and go."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rackhouse.services.gateway.service.ledger.lease import Lease

_AMOUNTS = st.integers(0, 50)


class Leases(RuleBasedStateMachine):
    """One lease of 200 nanos and 100 tokens, beside a plain list of what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.lease = Lease(uuid4(), 200, 100, 0.0)
        self.out: list[tuple[int, int]] = []
        self.charged = [0, 0]
        self.over = [0, 0]

    @rule(money=_AMOUNTS, tokens=_AMOUNTS)
    def reserve(self, money: int, tokens: int) -> None:
        if self.lease.fits(money, tokens):
            self.lease.take(money, tokens)
            self.out.append((money, tokens))

    @precondition(lambda self: self.out)
    @rule(used_money=_AMOUNTS, used_tokens=_AMOUNTS, which=st.integers(0, 99))
    def settle(self, used_money: int, used_tokens: int, which: int) -> None:
        money, tokens = self.out.pop(which % len(self.out))
        free = (self.lease.money.free + money, self.lease.tokens.free + tokens)
        self.lease.settle(money, tokens, used_money, used_tokens)
        for index, used in enumerate((used_money, used_tokens)):
            covered = min(used, free[index])
            self.charged[index] += covered
            self.over[index] += used - covered

    @rule()
    def close(self) -> None:
        self.lease.close()

    @invariant()
    def nothing_is_lost_and_nothing_is_above_what_was_granted(self) -> None:
        for index, (amount, most) in enumerate(((self.lease.money, 200), (self.lease.tokens, 100))):
            assert amount.settled == self.charged[index]
            assert amount.overrun == self.over[index]
            assert amount.reserved == sum(each[index] for each in self.out)
            assert amount.settled + amount.reserved + amount.free == amount.granted <= most
            assert amount.free >= 0

    @invariant()
    def a_closed_one_keeps_only_what_is_set_aside(self) -> None:
        if not self.lease.open:
            assert self.lease.money.free == self.lease.tokens.free == 0
            assert not self.lease.fits(0, 0)
            assert self.lease.done == (not any(m or t for m, t in self.out))


TestLeases = Leases.TestCase
