"""What comparing costs stays within the budget of the key `shadow`, by the ledger in a real
PostgreSQL; clients go on being answered when it is used up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from fakes.models import openai
from fakes.models.calls import call, caller
from fakes.models.rack import model
from fakes.models.script import Act, Script
from fakes.models.serving import served
from fakes.stores import Store, postgres
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Config, Kind, Limit, Period, Price, Upstream
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.settings import Settings

pytestmark = pytest.mark.slow

TOKEN = 1000  # nanos
EACH = 50  # tokens that one comparison may use at most: 20 of the prompt and 30 of the answer
ENOUGH_FOR = 3
HOLDS = Act(text="{}", usage={"prompt_tokens": 20, "completion_tokens": 30})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("shadow")) as one:
        yield one


def _config(home: str, out: str) -> Config:
    price = Price(since="", input=TOKEN * 10**6, output=TOKEN * 10**6)
    usual = {"kind": Kind.COMPATIBLE, "model": "scripted"}
    return Config(
        upstreams=(
            Upstream(name="home", url=home, local=True, **usual),
            Upstream(name="out", url=out, private=True, prices=(price,), **usual),
        ),
        models=(model("home", "out", shadow=1.0),),
        shadow=(Limit(period=Period.MONTH, money=ENOUGH_FOR * EACH * TOKEN),),
    )


def _call(number: int) -> Call:
    said = [{"role": "user", "content": "Who?"}]
    payload = {"model": "chat", "messages": said, "response_format": {"type": "json_object"}}
    return call(caller(), 20, 30, id=str(number), payload=payload, kind="structured")


async def _compared(gateway: Gateway) -> None:
    """Until nothing is under way."""
    async with asyncio.timeout(20):
        while True:
            (model,) = gateway.parts.quality.report().models
            asked = model.curve.n + sum(model.shadow.dropped.values())
            if asked >= model.shadow.drawn - 0.01:
                return
            await asyncio.sleep(0.02)


def test_comparing_never_costs_more_than_its_budget(store: Store) -> None:
    scripts = Script(always=HOLDS), Script(always=HOLDS)

    async def scene(config: Config) -> dict[str, int]:
        async with wiring.opened(config, Settings(database_url=store.url)) as gateway:
            for number in range(ENOUGH_FOR + 5):
                reply = await gateway.answer(_call(number))
                assert reply.upstream.name == "home"
                await _compared(gateway)
            return gateway.parts.quality.report().models[0].shadow.dropped

    with ExitStack() as stack:
        home, out = (stack.enter_context(served(openai.create(script))) for script in scripts)
        dropped = asyncio.run(scene(_config(home, out)))
    assert dropped["budget"] >= 5
    assert 1 <= len(scripts[1].asked) <= ENOUGH_FOR
    with psycopg.connect(store.url) as connection:
        compared = connection.execute("SELECT sum(n) FROM quality_compared").fetchone()
        row = connection.execute(
            "SELECT money_settled + money_leased, money_cap FROM gateway_budgets"
            " WHERE name = 'shadow'"
        ).fetchone()
    assert compared == (len(scripts[1].asked),)
    assert row is not None
    spent, cap = row
    assert len(scripts[1].asked) * EACH * TOKEN <= spent <= cap
