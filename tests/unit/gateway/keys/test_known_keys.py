"""Whose key it is: the file's, people's, and nobody's."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta

import pytest

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.config import Key
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.model.problem import Away, BadRequest, NotFound, Unauthorized
from rackhouse.services.gateway.service import keys as service
from rackhouse.services.gateway.service.keys import KnownKeys, MemoryKeys

GIVEN = Key(name="hello.llm", application="hello", secret="sk-given", models=("chat",))
RUTH = PersonKey(name="ruth.laptop", person="ruth", requests_per_minute=5)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counted(MemoryKeys):
    """How often it was asked; and away when it is told to be."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.away = False

    async def find(self, digest: bytes) -> PersonKey | None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Gone("away")
        return await super().find(digest)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Counted:
    return Counted()


@pytest.fixture
def keys(store: Counted, clock: Clock) -> KnownKeys:
    return KnownKeys([GIVEN], store, clock)


async def test_an_applications_key_is_known_without_asking(keys: KnownKeys, store: Counted) -> None:
    caller = await keys.identify("sk-given")
    assert (caller.application, caller.models, store.asked) == ("hello", {"chat"}, 0)


@pytest.mark.parametrize("token", ["", "sk-give", "sk-given ", "sk-rack-short", "é" * 51])
async def test_what_is_no_key_asks_nobody(keys: KnownKeys, store: Counted, token: str) -> None:
    with pytest.raises(Unauthorized):
        await keys.identify(token)
    assert store.asked == 0


async def test_a_persons_key_is_asked_for_once_in_a_few_seconds(
    keys: KnownKeys, store: Counted, clock: Clock
) -> None:
    token = await keys.make(RUTH)
    found = await asyncio.gather(*(keys.identify(token) for _ in range(20)))
    assert {(each.key, each.person, each.requests_per_minute) for each in found} == {
        ("ruth.laptop", "ruth", 5)
    }
    assert store.asked == 1
    clock.now += 4.5
    assert await keys.identify(token) is found[0]
    assert store.asked == 2


async def test_a_revocation_is_felt_here_at_once_and_elsewhere_soon(
    keys: KnownKeys, store: Counted, clock: Clock
) -> None:
    other = KnownKeys([GIVEN], store, clock)
    token = await keys.make(RUTH)
    await asyncio.gather(keys.identify(token), other.identify(token))
    await keys.revoke("ruth.laptop")
    with pytest.raises(Unauthorized):
        await keys.identify(token)
    clock.now += 5
    with pytest.raises(Unauthorized):
        await other.identify(token)


async def test_a_key_that_was_looked_for_in_vain_is_found_once_it_is_made(
    keys: KnownKeys, store: Counted, clock: Clock
) -> None:
    other = KnownKeys([], store, clock)
    token = service.PREFIX + "a" * 43
    for _ in range(3):
        with pytest.raises(Unauthorized):
            await other.identify(token)
    assert store.asked == 1
    await store.add(RUTH, service._digest(token))
    clock.now += 5
    assert (await other.identify(token)).person == "ruth"


async def test_a_key_ends_when_it_says(keys: KnownKeys) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    token = await keys.make(PersonKey(name="old", expires=past))
    with pytest.raises(Unauthorized):
        await keys.identify(token)


async def test_without_the_store_a_known_key_goes_on_and_an_unknown_one_waits(
    keys: KnownKeys, store: Counted, clock: Clock
) -> None:
    token, other = await keys.make(RUTH), await keys.make(PersonKey(name="other"))
    await keys.identify(token)
    store.away = True
    clock.now += 100
    assert (await keys.identify(token)).person == "ruth"
    with pytest.raises(Away):
        await keys.identify(other)
    assert (await keys.identify("sk-given")).application == "hello"
    clock.now += 1000
    with pytest.raises(Away):
        await keys.identify(token)


@pytest.mark.parametrize(("asked", "mend"), [(False, "rackhouse status"), (True, "whether it was")])
async def test_without_the_store_they_are_not_made_shown_or_revoked(
    keys: KnownKeys, store: Counted, monkeypatch: pytest.MonkeyPatch, asked: bool, mend: str
) -> None:
    async def away(*_: object) -> bool:
        raise Gone("PostgreSQL is away", asked=asked)

    for method in ("add", "all", "revoke"):
        monkeypatch.setattr(store, method, away)
    for tried in (keys.make(RUTH), keys.all(), keys.revoke(RUTH.name)):
        with pytest.raises(Away) as problem:
            await tried
        assert mend in problem.value.message
        assert problem.value.retry_after == 1


@pytest.mark.parametrize("name", ["hello.llm", "ruth.laptop"])
async def test_a_name_is_taken_once(keys: KnownKeys, name: str) -> None:
    await keys.make(RUTH)
    with pytest.raises(BadRequest, match="already"):
        await keys.make(PersonKey(name=name))


async def test_who_is_not_there_cannot_be_revoked(keys: KnownKeys) -> None:
    with pytest.raises(NotFound):
        await keys.revoke("nobody")


async def test_what_is_remembered_is_bounded(
    keys: KnownKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_MOST", 10)
    for number in range(50):
        with pytest.raises(Unauthorized):
            await keys.identify(f"{service.PREFIX}{number:043}")
    assert len(keys._unknown) == 10
    assert not keys._asking


class Slow(Counted):
    """It answers when it is let `go`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0
        self.go = asyncio.Event()

    async def find(self, digest: bytes) -> PersonKey | None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.go.wait()
            return await super().find(digest)
        finally:
            self.now -= 1


def stranger(number: int) -> str:
    return f"{service.PREFIX}{number:043}"


async def test_strangers_leave_the_database_to_others(clock: Clock) -> None:
    keys = KnownKeys([GIVEN], store := Slow(), clock)
    asking = [asyncio.create_task(keys.identify(stranger(number))) for number in range(500)]
    await asyncio.sleep(0)
    assert (await keys.identify("sk-given")).application == "hello"
    assert len(keys._asking) == service._CROWD
    store.go.set()
    ends = [type(each) for each in await asyncio.gather(*asking, return_exceptions=True)]
    assert (ends.count(Away), ends.count(Unauthorized)) == (500 - service._CROWD, service._CROWD)
    assert store.most == service._ASKED


async def test_a_known_key_is_asked_for_again_among_strangers(clock: Clock) -> None:
    keys = KnownKeys([], store := Slow(), clock)
    token = await keys.make(RUTH)
    store.go.set()
    ruth = await keys.identify(token)
    store.go.clear()
    clock.now += 5
    asking = [asyncio.create_task(keys.identify(stranger(number))) for number in range(500)]
    await asyncio.sleep(0)
    again = asyncio.create_task(keys.identify(token))
    await asyncio.sleep(0)
    store.go.set()
    await asyncio.gather(*asking, return_exceptions=True)
    assert await again is ruth


async def test_who_waits_in_vain_is_told_so(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_PATIENCE", 0.05)
    keys = KnownKeys([], Slow(), clock)
    asking = [keys.identify(stranger(number)) for number in range(5)]
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in ends] == [Away] * 5


async def test_whoever_left_need_not_be_told(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KnownKeys([], store := Slow(), clock)
    store.away = True
    asking = asyncio.create_task(keys.identify(stranger(1)))
    while not store.now:
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait({asking})
    del asking
    store.go.set()
    while keys._asking:
        await asyncio.sleep(0)
    gc.collect()
    assert not caplog.records
