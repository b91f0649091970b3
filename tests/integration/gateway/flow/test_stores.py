"""The first requests while the stores are away, hang, or come late: none of them waits for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from fakes.models.desk import Desk, desk
from fakes.models.waiting import until
from fakes.stores import Store, postgres, valkey
from rackhouse.services.gateway.model.config import Budget, Limit, Period, Scope
from rackhouse.services.gateway.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    folder: Path = tmp_path_factory.mktemp("stores")
    with postgres(folder / "one") as base, valkey(folder / "other") as redis:
        yield {"postgres": base, "valkey": redis}


def first(stores: dict[str, Store], *, hard: bool) -> AbstractContextManager[Desk]:
    """A gateway that has just begun: with a budget, turns that are shared, and answers kept."""
    limits = (Limit(period=Period.DAY, tokens=10**9, hard=hard),)
    return desk(
        ("only",),
        upstreams={"only": {"slots": 1}},
        named={"cache": 60.0},
        settings=Settings(database_url=stores["postgres"].url, redis_url=stores["valkey"].url),
        budgets=(Budget(scope=Scope.APPLICATION, name="hello", limits=limits),),
    )


@pytest.mark.parametrize(
    ("hang", "hard", "status"),
    [
        (("valkey",), True, 200),
        (("postgres", "valkey"), True, 503),
        (("postgres", "valkey"), False, 200),
    ],
)
def test_a_store_that_hangs_from_the_beginning_holds_nobody_up(
    stores: dict[str, Store], hang: tuple[str, ...], hard: bool, status: int
) -> None:
    for store in stores.values():
        store.start()
    with ExitStack() as stack:
        for name in hang:
            stack.enter_context(stores[name].hanging())
        one = stack.enter_context(first(stores, hard=hard))
        assert [one.chat(f"{hang} {n}").status_code for n in range(3)] == [status] * 3


def test_stores_that_come_late_are_found(stores: dict[str, Store]) -> None:
    for store in stores.values():
        store.kill()
    with first(stores, hard=True) as one:
        refused = one.chat("early")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "ledger_unavailable")
        for store in stores.values():
            store.start()
        until(lambda: one.chat("late").status_code == 200)
