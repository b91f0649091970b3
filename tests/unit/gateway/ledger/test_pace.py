"""How large a lease is: the next request's worst case where few ask, a second's where many do."""

from __future__ import annotations

from itertools import pairwise

from rackhouse.services.gateway.model.config import Limit, Period, Scope
from rackhouse.services.gateway.service.ledger.purse import Purse
from rackhouse.services.gateway.store.ledger import Granted, Standing

MONEY, TOKENS = 1_000_000, 500


def leases(each_second: float, seconds: float) -> list[int]:
    """The tokens of every lease that requests at that pace take, while all is granted."""
    limits = (Limit(period=Period.DAY, money=10**15, tokens=10**12),)
    purse, asked = Purse(Scope.KEY, "hello.llm", limits), []
    for number in range(int(each_second * seconds)):
        now = 1000.0 + number / each_second
        while purse.take(MONEY, TOKENS, now) is None:
            wanted = purse.ask(MONEY, TOKENS, now)
            granted = (wanted.money_want, wanted.tokens_want)
            purse.answer(wanted, Granted(*granted, 60.0, now, Standing(0, 0, 0, 0)), now)
            asked.append(wanted.tokens_want)
    return asked


def test_where_few_ask_nothing_is_set_aside_that_is_not_asked_for() -> None:
    assert set(leases(0.5, 60)) == {TOKENS}


def test_where_many_ask_a_lease_lasts_a_second() -> None:
    found = leases(2000, 10)
    assert len(found) < 25
    assert 1000 * TOKENS <= found[-1] <= 4000 * TOKENS


def test_a_lease_is_at_most_twice_the_one_before() -> None:
    found = leases(2000, 10)
    assert all(after <= 2 * before for before, after in pairwise(found))
