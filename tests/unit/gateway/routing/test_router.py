"""The router's memory: what wakes a machine, what is told of upstreams, what a wrong file meets."""

from __future__ import annotations

import asyncio

import pytest

from fakes.models.rack import model
from rackhouse.kit.errors import FileError
from rackhouse.services.gateway.clients import refusal
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.look import Seen
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Candidate, Config, Kind, Named, Upstream, When
from rackhouse.services.gateway.model.health import Standing
from rackhouse.services.gateway.model.problem import NotFound
from rackhouse.services.gateway.service.routing import checks
from rackhouse.services.gateway.service.routing.checks import Checks
from rackhouse.services.gateway.service.routing.router import Routing
from rackhouse.services.gateway.service.slots.turns import Turns

GONE = Failed("cannot be reached", asked=False)
MAC = "02:00:00:00:00:01"
CALL = Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="chat", payload={})


class Bench:
    """A GPU machine that may sleep, and an outside API; a clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.woken: list[str] = []
        self.gpu = Upstream(name="gpu", kind=Kind.OLLAMA, model="llama", local=True, wake=MAC)
        self.cloud = Upstream(name="cloud", kind=Kind.OPENAI, model="big")
        config = Config(upstreams=(self.gpu, self.cloud), models=(model("gpu", "cloud"),))
        self.routing = Routing(
            config, Turns(), self.woken.append, clock=lambda: self.now, chance=lambda: 0.5
        )

    def order(self) -> list[str]:
        return [each.name for each in self.routing.choose(CALL).upstreams]

    def standing(self) -> Standing:
        return self.routing.health()[0].standing


def test_a_machine_that_sleeps_is_woken_while_another_answers() -> None:
    bench = Bench()
    assert (bench.order(), bench.woken) == (["gpu", "cloud"], [])
    for _ in range(2):
        bench.routing.failed(bench.gpu, GONE)
    assert (bench.order(), bench.woken) == (["cloud"], [MAC])
    assert bench.standing() is Standing.WAKING
    bench.routing.checked(bench.gpu, "", loaded=True)
    assert (bench.order(), bench.standing()) == (["gpu", "cloud"], Standing.WELL)


def test_it_is_not_woken_more_often_than_every_half_minute_nor_for_its_errors() -> None:
    bench = Bench()
    for second in range(60):
        bench.now = float(second)
        bench.routing.checked(bench.gpu, "cannot be reached", loaded=False)
        bench.order()
    assert len(bench.woken) == 2
    other = Bench()
    for _ in range(5):
        other.routing.failed(other.gpu, Failed("answered 500", asked=False, status=500))
    assert (other.order(), other.woken) == (["cloud"], [])


def test_when_nobody_may_be_asked_it_is_said_when_again() -> None:
    bench = Bench()
    for upstream in (bench.gpu, bench.cloud):
        for _ in range(2):
            bench.routing.failed(upstream, GONE)
    route = bench.routing.choose(CALL)
    assert (list(route.upstreams), route.again) == ([], 1.0)


async def test_looks_tell_who_is_gone_and_what_is_loaded_and_spare_those_outside() -> None:
    bench = Bench()
    asked: list[str] = []
    seen: Seen | None = Seen(loaded=frozenset({"llama"}))

    async def look(upstream: Upstream) -> Seen | None:
        asked.append(upstream.name)
        return seen

    looks = Checks((bench.gpu, bench.cloud), look, bench.routing)
    await looks.round()
    assert (asked, bench.routing.health()[0].loaded) == (["gpu"], True)
    seen = Seen("cannot be reached")
    await looks.round()
    await looks.round()
    assert bench.order() == ["cloud"]
    seen = None  # too busy to say
    await looks.round()
    assert bench.order() == ["cloud"]
    for _ in range(2):
        bench.routing.failed(bench.cloud, GONE)
    seen = Seen()
    await looks.round()
    assert (asked[-1], bench.order()) == ("cloud", ["gpu", "cloud"])


async def test_looks_go_on_after_one_that_went_wrong(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checks, "_EVERY", 0.0)
    bench, again = Bench(), asyncio.Event()

    async def look(_: Upstream) -> Seen | None:
        if "looked at" in caplog.text:
            again.set()
            return None
        raise IndexError("scripted")

    async with Checks((bench.gpu,), look, bench.routing).running(), asyncio.timeout(5):
        await again.wait()


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NotFound, match="there is chat"):
        Bench().routing.choose(
            Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="chatt", payload={})
        )


@pytest.mark.parametrize("hours", ["22-6", "22:00", "25:00-26:00", "at night"])
def test_a_file_with_hours_that_are_none(hours: str) -> None:
    candidate = Candidate(upstream="a", rank=0, when=When(hours=hours))
    upstream = Upstream(name="a", kind=Kind.OLLAMA, model="m")
    config = Config(upstreams=(upstream,), models=(Named(name="chat", candidates=(candidate,)),))
    with pytest.raises(FileError, match="22:00-06:00"):
        Routing(config, Turns(), lambda _: None)


def test_a_file_with_a_candidate_that_is_no_upstream() -> None:
    with pytest.raises(FileError, match="there is no upstream 'b'"):
        Routing(Config(models=(model("b"),)), Turns(), lambda _: None)


def test_a_chat_that_llama_cpp_does_not_take_takes_it_from_nobody() -> None:
    bench = Bench()
    said = b'{"error":{"code":500,"message":"roles must alternate","type":"server_error"}}'
    for _ in range(20):
        bench.routing.failed(bench.gpu, refusal.failed(Task.CHAT, 500, said, ""), "app")
    assert (bench.order(), bench.standing()) == (["gpu", "cloud"], Standing.WELL)
    for _ in range(5):  # without a reason it is the server's own
        bench.routing.failed(bench.gpu, refusal.failed(Task.CHAT, 500, b"oops", ""), "app")
    assert (bench.order(), bench.standing()) == (["cloud"], Standing.ILL)
