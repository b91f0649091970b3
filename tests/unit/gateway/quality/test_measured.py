"""Measured quality within one process: twins in memory around it, and upstreams by script."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from fakes.models.counted import NoLedger
from fakes.models.parts import parts
from fakes.models.rack import model
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.judge import Said
from rackhouse.services.gateway.model.call import (
    DID_NOT_HOLD,
    Call,
    Caller,
    Outcome,
    Record,
    Reply,
    Task,
    Usage,
)
from rackhouse.services.gateway.model.config import (
    Config,
    Kind,
    Limit,
    Named,
    Period,
    Price,
    Upstream,
)
from rackhouse.services.gateway.model.entry import Entry, Tried
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.model.problem import BadRequest, NotFound, OverBudget
from rackhouse.services.gateway.model.quality import Model
from rackhouse.services.gateway.service.keys import KnownKeys, MemoryKeys
from rackhouse.services.gateway.service.quality import measured, shadow
from rackhouse.services.gateway.service.quality.evidence import Evidence
from rackhouse.services.gateway.service.quality.measured import _REMEMBERED, Measured
from rackhouse.services.gateway.service.quality.shadow import Shadow
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.service.telemetry.metrics import Metrics

HOME = Upstream(name="home", kind=Kind.COMPATIBLE, model="m", local=True, slots=1)
OUT = Upstream(
    name="out", kind=Kind.OPENAI, model="m", prices=(Price(since="", input=10**6, output=10**6),)
)
HOLDS, FAILS = b'{"a": 1}', b"no JSON"
SHADOW = (Limit(period=Period.DAY, money=100),)


def body(text: bytes) -> bytes:
    choice = {"message": {"content": text.decode()}, "finish_reason": "stop"}
    return msgspec.json.encode({"choices": [choice]})


class Scripted:
    """Answers what it is told to, and counts."""

    def __init__(self) -> None:
        self.text = HOLDS
        self.fails = False
        self.asked: list[Call] = []

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        self.asked.append(call)
        await asyncio.sleep(0)
        if self.fails:
            raise Failed("scripted", asked=False)
        return reply(upstream, self.text)


class Judge:
    """Says what it is told to, and counts."""

    def __init__(self) -> None:
        self.said: Said | None = None
        self.asked = 0

    async def says(self, named: Named, call: Call, answer: bytes) -> Said | None:
        self.asked += 1
        return self.said


class Broke(NoLedger):
    """A ledger whose budget of the key `shadow` is used up."""

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        assert call.caller.key == "shadow"
        raise OverBudget("nothing is left of it")


class Dear(NoLedger):
    """A ledger that charges the same for everything."""

    async def settle(self, hold: Hold, usage: Usage) -> int:
        return 777


class Room:
    """A gateway's measured quality, and what is around it."""

    bodies = False  # as `seams.Journal`

    def __init__(self, named: dict[str, Any] | None = None, **more: Any) -> None:
        usual = {"shadow": 1.0, "measured": True, "judge": ""}
        self.named = model("home", "out", **{**usual, **(named or {})})
        ledger = more.pop("ledger", NoLedger())
        config = Config(upstreams=(HOME, OUT), models=(self.named,), **{"shadow": SHADOW, **more})
        self.client, self.judge = Scripted(), Judge()
        self.seed = random.Random(7)
        self.noted: list[Record] = []
        around = parts(config, self.client, ledger, self)
        self.slots = around.slots
        compared = Shadow(config, around, self.seed.random)
        self.measured = Measured(Evidence(config), compared, self.judge)

    def note(self, record: Record) -> None:
        """As `seams.Journal`."""
        self.noted.append(record)

    def report(self) -> Model:
        return self.measured.report().models[0]

    async def gone(self, call: Call, upstream: Upstream, text: bytes = HOLDS) -> bool:
        """Whether an answer is accepted; it is sent then."""
        answer = reply(upstream, text)
        if not await self.measured.accepts(call, answer):
            return False
        self.measured.answered(call, answer)
        for _ in range(20):
            await asyncio.sleep(0)
        return True


def reply(upstream: Upstream, text: bytes) -> Reply:
    usage = Usage(input=10, output=10, known=True)
    return Reply(upstream=upstream, body=body(text), usage=usage)


def asked(id: str = "1", **more: Any) -> Call:
    payload = {"model": "chat", "stream": False, "response_format": {"type": "json_object"}}
    usual = {"caller": Caller(key="hello"), "task": Task.CHAT, "model": "chat", "kind": "chat"}
    return Call(**{"id": id, "payload": payload, "answer": 10, **usual, **more})


def line(**more: Any) -> Entry:
    """Of such an answer, in the log."""
    usual = {"id": "1", "at": 0.0, "key": "hello", "model": "chat", "task": "chat", "kind": "chat"}
    return Entry(**{**usual, "upstream": "home", **more})


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scene())  # type: ignore[arg-type]


def test_a_shadow_compares_on_its_own_key_and_counts_once() -> None:
    async def scene() -> None:
        room = Room()
        assert await room.gone(asked(), HOME)
        call = room.client.asked[0]
        assert (call.caller.key, call.caller.limits, call.stream) == ("shadow", SHADOW, False)
        assert "stream" not in call.payload
        (noted,) = room.noted
        assert (noted.key, noted.upstream, noted.outcome) == ("shadow", "out", Outcome.ANSWERED)
        found = room.report()
        assert (found.curve.n, found.shadow.drawn, found.shadow.compared) == (1, 1, 1)
        assert {each.upstream: each.n for each in found.classes[0].measures} == {
            "home": 1,
            "out": 1,
        }

    run(scene)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_the_declared_share_is_drawn(share: float) -> None:
    async def scene() -> None:
        room = Room({"shadow": share})
        many = 2000
        for each in range(many):
            await room.gone(asked(str(each)), HOME)
        found = room.report().shadow
        spread = 4 * (many * share * (1 - share)) ** 0.5
        assert abs(found.drawn - many * share) < spread
        assert found.compared == len(room.client.asked) == found.drawn

    run(scene)


def test_what_is_private_is_shown_to_nobody_else() -> None:
    async def scene() -> None:
        room = Room({"judge": "http://judge"})
        assert await room.gone(asked(private=True), HOME)
        assert not room.client.asked
        assert not room.judge.asked
        assert room.report().shadow.drawn == 0

    run(scene)


def test_no_money_is_spent_on_comparing_unless_the_rack_says_how_much() -> None:
    async def scene() -> None:
        room = Room(shadow=())
        assert await room.gone(asked("1"), HOME)
        assert room.report().shadow.dropped == {"nobody": 1}
        assert await room.gone(asked("2"), OUT)  # whose shadow is one's own hardware
        assert len(room.client.asked) == 1

    run(scene)


def test_nobody_else_has_a_key_of_that_name() -> None:
    async def scene() -> None:
        with pytest.raises(BadRequest):
            await KnownKeys((), MemoryKeys()).make(PersonKey(name="shadow"))

    run(scene)


def test_a_budget_that_is_used_up_and_an_upstream_that_fails_drop_it() -> None:
    async def scene() -> None:
        broke = Room(ledger=Broke())
        await broke.gone(asked(), HOME)
        assert (broke.report().shadow.dropped, broke.client.asked) == ({"budget": 1}, [])
        failing = Room()
        failing.client.fails = True
        await failing.gone(asked(), HOME)
        assert failing.report().shadow.dropped == {"failed": 1}
        assert [each.outcome for each in failing.noted] == [Outcome.FAILED]

    run(scene)


def test_what_was_let_go_is_in_the_log_with_what_it_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setattr(shadow, "_MOST", 0.0)
        room = Room(ledger=Dear())
        await room.gone(asked(), HOME)
        (noted,) = room.noted
        assert (noted.key, noted.outcome, noted.cost) == ("shadow", Outcome.LEFT, 777)
        assert [each.upstream for each in noted.attempts] == ["out"]
        assert room.report().shadow.dropped == {"failed": 1}

    run(scene)


def test_a_shadow_never_waits_where_clients_are_served() -> None:
    async def scene() -> None:
        room = Room()
        turn = await room.slots.turn(HOME, asked())
        await room.gone(asked("1"), OUT)
        assert (room.report().shadow.dropped, room.client.asked) == ({"load": 1}, [])
        turn.end()
        await room.gone(asked("2"), OUT)
        assert len(room.client.asked) == 1

    run(scene)


def test_who_is_asked_after_a_failure_is_not_measured_by_hard_questions_alone() -> None:
    async def scene() -> None:
        room = Room({"shadow": 0.0})
        assert not await room.gone(asked(), HOME, FAILS)
        assert await room.gone(asked(), OUT, FAILS)
        (kind,) = room.report().classes
        assert [each.upstream for each in kind.measures] == ["home"]
        assert room.report().escalated == 1

    run(scene)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_an_answer_is_asked_anew_as_often_as_declared(most: int) -> None:
    async def scene() -> None:
        room = Room({"escalate": most, "shadow": 0.0})
        said = [await room.measured.accepts(asked(), reply(HOME, FAILS)) for _ in range(most + 1)]
        assert said == [False] * most + [True]

    run(scene)


def test_a_judge_is_asked_where_rules_do_not_refuse() -> None:
    async def scene() -> None:
        room = Room({"judge": "http://judge", "shadow": 0.0})
        room.judge.said = Said(ok=False, score=0.25, why="quotes what is not there")
        assert not await room.gone(asked("1"), HOME, HOLDS)
        assert not await room.gone(asked("2"), HOME, FAILS)
        assert room.judge.asked == 1
        (kind,) = room.report().classes
        assert (kind.measures[0].n, kind.measures[0].rate) == (2, 0.125)

    run(scene)


def test_a_judge_that_says_nothing_leaves_it_to_the_rules() -> None:
    async def scene() -> None:
        room = Room({"judge": "http://judge", "shadow": 0.0})
        plain = {"model": "chat"}
        assert await room.gone(asked(payload=plain), HOME, FAILS)
        assert [(each.asked, each.n) for each in room.report().classes[0].measures] == [(1, 0)]

    run(scene)


def test_feedback_takes_the_place_of_the_verdict() -> None:
    async def scene() -> None:
        room = Room({"shadow": 0.0})
        await room.gone(asked("1"), HOME, HOLDS)
        room.measured.told(line(judged=1.0), 0.0)
        (measure,) = room.report().classes[0].measures
        assert (measure.n, measure.rate) == (1, 0)

    run(scene)


def test_feedback_counts_for_those_that_something_is_measured_of() -> None:
    async def scene() -> None:
        room = Room({"shadow": 0.0})
        for other in ({"model": "another"}, {"upstream": "gone"}, {"task": "embedding"}):
            with pytest.raises(NotFound):
                room.measured.told(line(**other), 1.0)
        room.measured.told(line(tried=(Tried(upstream="out", why=DID_NOT_HOLD),)), 1.0)
        assert not room.report().classes

    run(scene)


def test_a_stream_has_no_verdict_until_its_client_says_one() -> None:
    async def scene() -> None:
        room = Room({"shadow": 0.0})
        room.measured.answered(asked("1", stream=True), reply(HOME, HOLDS))
        assert [(each.asked, each.n) for each in room.report().classes[0].measures] == [(1, 0)]
        room.measured.told(line(stream=True), 0.5)
        (measure,) = room.report().classes[0].measures
        assert (measure.asked, measure.n, measure.rate) == (1, 1, 0.5)

    run(scene)


def test_what_is_remembered_of_requests_is_bounded() -> None:
    async def scene() -> None:
        room = Room({"shadow": 0.0})
        for each in range(_REMEMBERED + 50):
            await room.measured.accepts(asked(str(each)), reply(HOME, FAILS))
        assert len(room.measured._given) == _REMEMBERED

    run(scene)


def test_conclusions_are_drawn_after_one_that_went_wrong(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        monkeypatch.setattr(measured, "_EVERY", 0.0)
        room, again = Room(), asyncio.Event()

        async def renew() -> None:
            if caplog.text:
                again.set()
            raise IndexError("scripted")

        monkeypatch.setattr(room.measured._evidence, "renew", renew)
        async with room.measured.running(), asyncio.timeout(5):
            await again.wait()

    run(scene)
    assert "quality could not be summed up" in caplog.text


def test_a_name_that_nothing_is_measured_of_is_left_alone() -> None:
    async def scene() -> None:
        room = Room({"measured": False, "shadow": 0.0})
        call = asked(kind="user-4711")
        assert room.measured.kind(call) == ""
        assert room.measured.order(call, [HOME, OUT]) == [HOME, OUT]
        assert await room.gone(call, HOME, FAILS)
        assert room.report().classes == ()

    run(scene)


def test_metrics_count_what_was_asked_besides() -> None:
    async def scene() -> None:
        room = Room(ledger=Broke())
        assert await room.gone(asked("1"), HOME)
        assert not await room.gone(asked("2"), HOME, FAILS)
        text = Metrics((), "EUR").text(room.measured.gauges())
        assert "# TYPE rackhouse_gateway_escalations_total counter\n" in text
        for said in (
            'escalations_total{model="chat"} 1',
            'shadow_drawn_total{model="chat"} 1',
            'shadow_dropped_total{model="chat",why="budget"} 1',
            'shadow_dropped_total{model="chat",why="load"} 0',
        ):
            assert f"rackhouse_gateway_{said}\n" in text

    run(scene)
