"""Budgets over the door: refused, warned of, read and changed; and without a database closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace as with_

from fakes.models.desk import Desk, desk
from fakes.models.rack import NANO, SECRET
from fakes.models.serving import served
from fakes.models.waiting import until
from fakes.stores import Store
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Limit, Period
from rackhouse.services.gateway.settings import Settings

pytestmark = pytest.mark.slow

OWNER = {"authorization": "Bearer sk-owner"}


@contextmanager
def door(limit: Limit, settings: Settings) -> Iterator[Desk]:
    """Its one upstream is outside, and every token of it costs a nano."""
    with desk(("outside",), admin="sk-owner") as plain:
        (upstream,) = plain.config.upstreams
        config: Config = with_(
            plain.config,
            upstreams=(with_(upstream, local=False, private=True, prices=(NANO,)),),
            keys=tuple(with_(each, limits=(limit,)) for each in plain.config.keys),
        )
        app = create(config, partial(wiring.opened, settings=settings))
        headers = {"authorization": f"Bearer {SECRET}"}
        with served(app) as url, httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            yield replace(plain, url=url, config=config, client=client)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=url, cache=tmp_path)


def test_a_budget_is_used_up_read_and_raised(settings: Settings) -> None:
    with door(Limit(period=Period.MONTH, money=5_000, warn=0.001), settings) as one:
        first = one.chat(max_tokens=100)
        assert first.status_code == 200
        until(lambda: "x-rackhouse-budget-warning" in one.chat(max_tokens=100).headers)
        refused = one.chat(max_tokens=100_000)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
        standing = httpx.get(f"{one.url}/admin/budgets", headers=OWNER).json()
        (budget,) = standing["budgets"]
        assert (budget["scope"], budget["name"], budget["money"]["cap"]) == (
            "key",
            "hello.llm",
            5000,
        )
        assert budget["money"]["spent"] > 0
        wanted = {"limits": [{"period": "month", "money": 10**9}]}
        changed = httpx.put(f"{one.url}/admin/budgets/key/hello.llm", json=wanted, headers=OWNER)
        assert changed.status_code == 204
        assert one.chat(max_tokens=100_000).status_code == 200
        restored = httpx.delete(f"{one.url}/admin/budgets/key/hello.llm", headers=OWNER)
        assert restored.status_code == 204
        assert one.chat(max_tokens=100_000).status_code == 429
        told = httpx.get(f"{one.url}/metrics", headers=OWNER).text
        assert 'budget_spent_ratio{scope="key",name="hello.llm",period="month"}' in told


def test_without_postgresql_budgets_are_closed_and_open_again(
    settings: Settings, server: Store
) -> None:
    with door(Limit(period=Period.MONTH, money=10**9), settings) as one:
        server.kill()
        refused = one.chat(max_tokens=100)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "ledger_unavailable")
        server.start()
        until(lambda: one.chat(max_tokens=100).status_code == 200)


def test_a_gateway_without_a_database_keeps_hard_budgets_closed(tmp_path: Path) -> None:
    with door(Limit(period=Period.DAY, money=10**9), Settings(cache=tmp_path)) as one:
        refused = one.chat(max_tokens=100)
        assert refused.status_code == 503
        assert "DATABASE_URL" in refused.json()["error"]["message"]
    with door(Limit(period=Period.DAY, money=1, hard=False), Settings(cache=tmp_path)) as one:
        assert one.chat(max_tokens=100).status_code == 200
