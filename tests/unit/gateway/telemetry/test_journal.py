"""The journal: nothing is lost between log and accounts, whatever the archive does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.models import calls
from rackhouse.services.gateway.model.account import BY, Account, Batch, Sums, added_up, plus
from rackhouse.services.gateway.model.call import Attempt, Outcome, Record
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import Away, Refused, Unauthorized
from rackhouse.services.gateway.service.telemetry import journal
from rackhouse.services.gateway.service.telemetry.archive import Memory
from rackhouse.services.gateway.service.telemetry.journal import Telemetry
from rackhouse.services.gateway.service.telemetry.metrics import Gauge, Metrics

DAY = 1_767_225_600.0  # 2026-01-01


def record(number: int = 0, **more: object) -> Record:
    """One request of the application `hello`."""
    return calls.record(f"{number:032x}", DAY + number, **more)


class Moody(Memory):
    """Away as often as it is told, before or after it has written."""

    def __init__(self, moods: Sequence[str]) -> None:
        super().__init__()
        self.moods = list(moods)

    async def write(self, batch: Batch) -> None:
        mood = self.moods.pop(0) if self.moods else "well"
        if mood == "away":
            raise Away("away")
        await super().write(batch)
        if mood == "lost":
            raise Away("its answer was lost")


def test_what_a_problem_says_of_itself_makes_no_label() -> None:
    metrics = Metrics(["chat"], "USD")
    for number in range(1000):
        metrics.turn_away(Refused("no", status=400, code=f"made-up-{number}"))
    metrics.turn_away(Unauthorized("no key was sent"))
    assert metrics.turned_away == {"invalid_request": 1000, "invalid_api_key": 1}


def telemetry(archive: Memory, **more: bool) -> Telemetry:
    return Telemetry(archive, Metrics(["chat"], "USD"), frozenset({"chat"}), **more)


@given(st.lists(st.sampled_from(["note", "flush", "away", "lost"]), max_size=30))
def test_every_request_is_logged_and_counted_once(steps: list[str]) -> None:
    async def play() -> tuple[Sequence[Entry], Sums]:
        archive = Moody([step for step in steps if step in ("away", "lost")])
        kept = telemetry(archive)
        for number, step in enumerate(steps):
            if step == "note":
                kept.note(record(number))
            else:
                await kept.freshen()
        archive.moods = []
        await kept.flush()
        return await archive.newest(100), await total(archive)

    lines, sums = asyncio.run(play())
    noted = [f"{number:032x}" for number, step in enumerate(steps) if step == "note"]
    assert [line.id for line in lines] == noted[::-1]
    assert (sums.requests, sums.nanos) == (len(noted), 7 * len(noted))


async def total(archive: Memory) -> Sums:
    sums = Sums()
    for _, its in await archive.accounts("2026-01-01", "2026-01-31"):
        sums = plus(sums, its)
    return sums


async def test_a_thousand_records_are_not_folded_in_one_breath() -> None:
    kept, turns = telemetry(Memory()), 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    for number in range(1000):
        kept.note(record(number))
    going = asyncio.create_task(others())
    await kept.flush()
    going.cancel()
    assert turns >= 1000 // journal._SLICE
    assert (await total(kept.archive)).requests == 1000  # type: ignore[arg-type]


async def test_what_the_log_has_no_room_for_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_MOST", 3)
    monkeypatch.setattr(journal, "_AT_ONCE", 2)
    archive = Moody(["away"])
    kept = telemetry(archive)
    for number in range(5):
        kept.note(record(number))
    await kept.freshen()
    await kept.flush()
    assert len(await archive.newest(10)) == 3
    sums = await total(archive)
    assert (sums.requests, sums.unlogged, sums.nanos) == (5, 2, 35)
    assert [gauge.value for gauge in kept.gauges()] == [0, 2]


async def test_whose_bodies_cannot_be_made_is_logged_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def faulty(body: bytes | str) -> str:
        return {b"a": "one", b"b": "two"}[body]  # type: ignore[index]

    monkeypatch.setattr(journal.bodies, "answer", faulty)
    archive = Memory()
    kept = telemetry(archive, bodies=True)
    for number, said in enumerate([b"a", b"caf\xe9", b"b"]):
        kept.note(record(number, asked={"prompt": "?"}, answer=said))
    await kept.flush()
    assert [line.answer for line in await archive.newest(3)] == ["two", "", "one"]
    assert (await total(archive)).nanos == 21
    assert 'outcome="answered"} 3' in kept.metrics.text()


async def test_a_name_that_a_client_made_up_opens_no_account() -> None:
    archive = Memory()
    kept = telemetry(archive)
    for number in range(3):
        kept.note(record(number, model=f"no-such-{number}\0", outcome=Outcome.REFUSED))
    await kept.flush()
    accounts = await archive.accounts("2026-01-01", "2026-01-01")
    assert [(whose.model, its.refused) for whose, its in accounts] == [("", 3)]
    assert [line.model for line in await archive.newest(1)] == ["no-such-2"]
    assert 'model="other",upstream="first",outcome="refused"} 3' in kept.metrics.text()


async def test_metrics_say_who_answered_and_who_did_not() -> None:
    kept = telemetry(Memory())
    tried = (Attempt(upstream="first", why="cannot be reached"), Attempt(upstream="second"))
    kept.note(record(upstream="second", attempts=tried, stream=True, first=0.2, seconds=1.2))
    kept.fold()
    text = kept.metrics.text([Gauge("upstream_up", "It is.", 1, {"upstream": 'a"b\n'})])
    name, pair = "rackhouse_gateway_", '{model="chat",upstream="second"}'
    assert f'{name}fallbacks_total{{model="chat",upstream="first"}} 1\n' in text
    first = f"{name}time_to_first_token_seconds_bucket"
    assert f'{first}{{model="chat",upstream="second",le="0.25"}} 1\n' in text
    assert f"{name}output_tokens_per_second_sum{pair} 5.000000\n" in text
    assert f"{name}request_seconds_count{pair} 1\n" in text
    assert f'{name}upstream_up{{upstream="a\\"b\\n"}} 1\n' in text


accounts = st.builds(
    Account,
    day=st.sampled_from(["2026-01-01", "2026-01-02"]),
    application=st.sampled_from(["hello", "shop"]),
    model=st.sampled_from(["chat", "embed"]),
    local=st.booleans(),
)
counts = st.builds(Sums, *[st.integers(0, 9)] * len(Sums.__struct_fields__))


@given(st.lists(st.tuples(accounts, counts)), st.sets(st.sampled_from(BY)))
def test_adding_up_by_fewer_words_keeps_the_total(
    rows: list[tuple[Account, Sums]], by: set[str]
) -> None:
    def whole(pairs: list[tuple[Account, Sums]]) -> Sums:
        found = Sums()
        for _, its in pairs:
            found = plus(found, its)
        return found

    found = added_up(rows, by)
    assert whole(found) == whole(rows)
    assert len({whose for whose, _ in found}) == len(found)


async def test_an_answer_is_told_of_once_and_by_its_own_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal, "_PAUSE", 0.0)
    kept = telemetry(Memory())
    kept.note(record(1, judged=0.5))
    kept.note(record(2, outcome=Outcome.REFUSED))
    assert await kept.told(record(1).id, "another's key") is None
    found = await kept.told(record(1).id, "hello.llm")
    assert found
    assert found.judged == 0.5
    assert await kept.told(record(1).id, "hello.llm") is None
    assert await kept.told(record(2).id, "hello.llm") is None


def test_a_line_is_what_it_was_after_json() -> None:
    tried = (Attempt(upstream="first", why="broke off", seconds=0.5),)
    line = journal.entry(record(attempts=tried, judged=1.0))
    assert msgspec.json.decode(msgspec.json.encode(line), type=Entry) == line
