"""What is shown of models: values from JSON, money in words, and tables."""

from __future__ import annotations

import json
from dataclasses import asdict

import httpx
import msgspec
import pytest

from rackhouse.cli.models import budgets_table, log_line, models_table, spend_table
from rackhouse.cli.models_quality import quality_text
from rackhouse.kit.errors import Missing, Refused, Unavailable, UsageError
from rackhouse.operations.models import wire
from rackhouse.operations.models.allowed import Budget, Budgets, Limit, Standing, limit
from rackhouse.operations.models.door import Door
from rackhouse.operations.models.money import count, money
from rackhouse.operations.models.quality import Class, Curve, Measure, Measured, Point, Quality
from rackhouse.operations.models.seen import (
    Health,
    Line,
    Model,
    Spend,
    Spent,
    Tried,
    Upstream,
)
from rackhouse.operations.models.shaped import shaped
from rackhouse.operations.models.wire import Wire, words
from rackhouse.services.gateway.model import quality as gateways

LOCAL = Upstream(name="forge.llama", kind="ollama", model="llama3.1:8b", local=True)
OUTSIDE = Upstream(name="openai", kind="openai", model="gpt", local=False)


def test_what_a_newer_gateway_says_beyond_is_passed_over() -> None:
    said = {"lines": [{"id": "a", "at": 1, "tried": [{"upstream": "x", "new": 1}], "more": {}}]}
    line = shaped(Line, said["lines"][0], "here")
    assert (line.at, line.tried) == (1.0, (Tried(upstream="x"),))


@pytest.mark.parametrize("wrong", [[], {"id": 1, "at": 1}, {"at": 1}, {"id": "a", "at": "now"}])
def test_what_is_something_else_is_said(wrong: object) -> None:
    with pytest.raises(Unavailable, match="does not understand"):
        shaped(Line, wrong, "here")


@pytest.mark.parametrize(
    ("nanos", "said"),
    [
        (0, "0 USD"),
        (3_200_000_000, "3.20 USD"),
        (4_200_000, "0.0042 USD"),
        (12, "0.000000012 USD"),
        (999_999_999, "1.00 USD"),
        (-5_000_000_000, "-5.00 USD"),
    ],
)
def test_money_in_words(nanos: int, said: str) -> None:
    assert money(nanos, "USD") == said


def test_counts_in_words() -> None:
    assert [count(n) for n in (0, 999, 1000, 12_345, 4_100_000, 10**10)] == [
        "0",
        "999",
        "1k",
        "12.3k",
        "4.1M",
        "10G",
    ]


def test_a_model_is_answered_by_the_first_that_is_asked_at_all() -> None:
    ill = Upstream(name=LOCAL.name, kind="ollama", model="m", local=True, standing="ill", why="off")
    health = Health(
        rack="home",
        currency="USD",
        upstreams=(ill, OUTSIDE),
        models=(Model(name="chat", upstreams=(LOCAL.name, "openai")), Model(name="none")),
        turned_away={"invalid_api_key": 3},
    )
    spent = Spent(model="chat", requests=1200, nanos=2_500_000_000)
    spend = Spend(
        currency="USD", since="2026-01-01", until="2026-01-31", total=spent, rows=(spent,)
    )
    told = models_table(health, spend)
    assert f"chat   openai (outside)  {LOCAL.name}" in told  # who is ill comes after
    assert "1.2k" in told
    assert "2.50 USD" in told
    assert "none   -" in told
    assert "forge.llama is ill: off" in told
    assert told.endswith("requests that were not let in: 3 invalid_api_key")


def test_spend_has_a_total() -> None:
    row = Spent(application="hello", local=True, requests=2, nanos=5_000_000)
    spend = Spend(currency="EUR", since="2026-01-01", until="2026-01-31", total=row, rows=(row,))
    lines = spend_table(spend, ["application", "local"]).splitlines()
    assert lines[-2].split()[:3] == ["hello", "local", "2"]
    assert lines[-1].split()[0] == "total"
    assert lines[-1].endswith("0.005 EUR")


def test_a_line_of_the_log_is_one_line_that_no_terminal_obeys() -> None:
    line = Line(
        id="a",
        at=0.0,
        application="hello",
        model="chat\x1b[2J",
        upstream="openai",
        tried=(Tried(upstream="forge", why="cannot be\nreached"),),
        outcome="broken",
        error="broke\roff",
    )
    told = log_line(line, "USD")
    assert told.isprintable()
    assert "after forge (cannot be reached)" in told
    assert told.endswith("broken: broke off")


@pytest.mark.parametrize(
    ("status", "kind"), [(400, UsageError), (401, Refused), (404, Missing), (502, Unavailable)]
)
async def test_what_the_gateway_refuses_is_said(status: int, kind: type[Exception]) -> None:
    said = httpx.MockTransport(
        lambda _: httpx.Response(status, json={"error": {"message": "because"}})
    )
    with pytest.raises(kind, match="because"):
        await Wire(Door("http://gateway", "key"), said).health()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"rack": 1}'])
async def test_a_gateway_that_talks_nonsense_is_said(body: bytes) -> None:
    said = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with pytest.raises(Unavailable):
        await Wire(Door("http://gateway", "key"), said).health()


async def test_who_follows_goes_on_where_a_gateway_was_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "_PAUSE", 0.0)
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id", ""))
        if len(asked) in (2, 3):
            raise httpx.ConnectError("away")
        line = json.dumps({"id": str(len(asked)), "at": 1.0})
        return httpx.Response(200, text=f"id: {len(asked)}\ndata: {line}\n\n")

    following = Wire(Door("http://gateway", "key"), httpx.MockTransport(answer)).follow()
    assert [(await anext(following)).id for _ in range(2)] == ["1", "4"]
    assert asked == ["", "1", "1", "1"]


def test_words_of_a_stream() -> None:
    chunk = {"choices": [{"delta": {"content": "Hello"}}]}
    assert words(f"data: {json.dumps(chunk)}") == "Hello"
    assert words('data: {"choices": [], "usage": {}}') == words("data: [DONE]") == words("") == ""
    with pytest.raises(Unavailable, match="broke"):
        words('data: {"error": {"message": "broke off"}}')


def test_quality_is_told_with_its_bounds_and_its_evidence() -> None:
    measure = Measure(upstream="forge", local=True, n=12.4, rate=0.5, low=0.25, high=0.75, nanos=0)
    kind = Class(kind="code", decided=False, order=("forge", "openai"), measures=(measure,))
    point = Point(policy="router", quality=0.5, low=0.4, high=0.6, nanos=2e6)
    curve = Curve(n=40.0, points=(point,))
    one = Measured(name="chat", measured=True, curve=curve, classes=(kind,))
    bare = Measured(name="embed", measured=False, curve=Curve(n=0.0))
    told = quality_text(Quality(currency="USD", models=(one, bare)))
    assert f"router  50% (40% to 60%)  0.002 USD each  {12 * chr(0x2588)}" in told
    assert "code: forge, openai (too little evidence: the file's order)" in told
    assert "forge: 50% (25% to 75%) of 12 judged" in told
    assert "no request was answered by a local and an outside model yet" in told


def test_nothing_that_the_gateway_measured_is_left_out() -> None:
    bounds = {"rate": 0.5, "low": 0.25, "high": 0.75, "nanos": 3.0}
    measure = gateways.Measure(
        upstream="forge", model="llama", local=True, asked=20.0, n=12.0, **bounds
    )
    point = gateways.Point(policy="router", quality=0.5, low=0.25, high=0.75, nanos=3.0)
    model = gateways.Model(
        name="chat",
        measured=True,
        margin=0.05,
        judged=True,
        escalated=7,
        shadow=gateways.Shadow(share=0.1, drawn=9, compared=6, dropped={"load": 2, "budget": 1}),
        curve=gateways.Curve(n=40.0, local_better=4.0, outside_better=5.0, points=(point,)),
        classes=(gateways.Class(kind="code", decided=True, order=("forge",), measures=(measure,)),),
    )
    report = gateways.Report(half_life_days=14.0, currency="USD", models=(model,))
    said = json.loads(msgspec.json.encode(report))
    assert json.loads(json.dumps(asdict(shaped(Quality, said, "here")))) == said
    said["models"][0]["shadow"]["dropped"] = {"load": "many"}
    with pytest.raises(Unavailable, match="'many' in place of int"):
        shaped(Quality, said, "here")


@pytest.mark.parametrize(
    ("said", "tokens", "found"),
    [
        ("5/month", False, Limit(period="month", money=5_000_000_000)),
        ("0.000000001/day", False, Limit(period="day", money=1)),
        ("200k/day", True, Limit(period="day", tokens=200_000)),
        ("1.5M/month", True, Limit(period="month", tokens=1_500_000)),
    ],
)
def test_limits_in_words(said: str, tokens: bool, found: Limit) -> None:
    assert limit(said, tokens=tokens) == found


@pytest.mark.parametrize("wrong", ["", "5", "5/year", "-5/day", "5k/day", "1e9/day", "5/month "])
def test_what_is_no_limit_is_said(wrong: str) -> None:
    with pytest.raises(UsageError, match="is no limit"):
        limit(wrong)


def test_budgets_are_told_by_their_caps() -> None:
    cap = Standing(cap=5_000_000_000, spent=1_000_000_000, leased=250_000_000, left=3_750_000_000)
    whose = {"scope": "application", "name": "study", "period": "month"}
    told = budgets_table(
        Budgets(currency="USD", budgets=(Budget(**whose, money=cap), Budget(**whose)))
    )
    assert told.count("study") == 1
    assert "1.00 USD  0.25 USD   5.00 USD  25%" in told
    assert budgets_table(Budgets(currency="USD")) == ""
    assert Standing(cap=0).share == 1.0


def test_a_door_shows_no_key() -> None:
    assert "secret" not in repr(Door("http://gateway", "secret"))
