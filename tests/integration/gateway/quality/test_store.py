"""Evidence in a real PostgreSQL: replicas add up, what is old is forgotten, and a database that
goes away costs evidence and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from fakes.models.rack import model
from fakes.stores import Store, postgres
from rackhouse.kit.postgres.database import Database, Gone
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.model.seen import Compared, Pair
from rackhouse.services.gateway.service.quality.book import DAYS
from rackhouse.services.gateway.service.quality.evidence import Evidence, Given
from rackhouse.services.gateway.service.quality.verify import HOLDS, fails
from rackhouse.services.gateway.store import database
from rackhouse.services.gateway.store.quality import Quality

pytestmark = pytest.mark.slow

HOME = Upstream(name="home", kind=Kind.COMPATIBLE, model="m", local=True)
OUT = Upstream(name="out", kind=Kind.OPENAI, model="m")
CONFIG = Config(
    upstreams=(HOME, OUT),
    models=(model("home", "out", measured=True),),
)
DAY = 86_400.0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("quality")) as one:
        yield one


def run(store: Store, scene: Callable[[Database], Awaitable[None]]) -> None:
    async def within() -> None:
        async with database.opened(store.url) as base:
            await base.rows("TRUNCATE quality_answers, quality_compared")
            await scene(base)

    asyncio.run(within())


def call(kind: str = "chat") -> Call:
    return Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="chat", payload={}, kind=kind)


def test_replicas_know_what_they_saw_together(store: Store) -> None:
    async def scene(base: Database) -> None:
        one, other = (Evidence(CONFIG, Quality(base), lambda: DAY * 1000) for _ in range(2))
        for _ in range(30):
            one.saw(call(), Given(HOME, fails("no JSON"), 0))
            other.saw(call(), Given(OUT, HOLDS, 5))
        other.compared(Pair("chat", "chat", "home", "out"), Compared(n=1, outside_good=1))
        assert one.places("chat", "chat") == {}
        await asyncio.gather(one.renew(), other.renew())
        await asyncio.gather(one.renew(), other.renew())
        for each in (one, other):
            assert each.places("chat", "chat") == {"out": 0, "home": 1}
            seen = each.seen()["chat", "chat"]
            assert (seen["home"].judged, seen["out"].nanos) == (30, 150)
            assert list(each.pairs().values()) == [Compared(n=1, outside_good=1)]

    run(store, scene)


def test_what_is_old_fades_and_is_deleted(store: Store) -> None:
    async def scene(base: Database) -> None:
        now = [DAY * 1000]
        one = Evidence(CONFIG, Quality(base), lambda: now[0])
        one.saw(call(), Given(HOME, HOLDS, 0))
        await one.renew()
        now[0] += 7 * DAY
        await one.renew()
        assert one.seen()["chat", "chat"]["home"].judged == 0.5
        now[0] += DAYS * DAY
        await one.renew()
        assert one.seen() == {}
        assert await base.rows("SELECT * FROM quality_answers") == []

    run(store, scene)


def test_a_database_that_goes_away_costs_evidence_and_nothing_else(store: Store) -> None:
    async def scene(base: Database) -> None:
        one = Evidence(CONFIG, Quality(base), lambda: DAY * 1000)
        one.saw(call("a"), Given(HOME, HOLDS, 0))
        await one.renew()
        store.kill()
        try:
            for _ in range(25):
                one.saw(call("b"), Given(HOME, HOLDS, 0))
                one.saw(call("b"), Given(OUT, HOLDS, 0))
            with pytest.raises(Gone):
                await one.renew()
            assert one.places("chat", "b") == {"home": 0, "out": 1}
        finally:
            store.start()
        await _reached(one)
        found = await base.rows("SELECT kind, judged FROM quality_answers WHERE upstream = 'home'")
        assert sorted(found) == [("a", 1.0), ("b", 25.0)]

    run(store, scene)


async def _reached(evidence: Evidence) -> None:
    for _ in range(100):
        try:
            await evidence.renew()
        except Gone:
            await asyncio.sleep(0.2)
        else:
            return
    raise AssertionError("PostgreSQL did not come back")
