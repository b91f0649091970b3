"""Secrets that a person gives: never printed, each change a release, taken back when it fails."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.apply.outcome import Silent
from rackhouse.delivery.secrets import list_secrets, set_secret, unset_secret
from rackhouse.kit.errors import HostError, Missing, NotReady, Refused, UsageError
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ReleaseStatus as S
from rackhouse.store.protocol import Result
from unit.delivery.house import NOW, SCORE, House, house, write

ASKING = SCORE.replace("db: {", "stripe: {type: secret}, db: {").replace(
    "COLOUR: blue", 'COLOUR: blue, KEY: "${resources.stripe.value}"'
)
GIVEN = Id("vault", "given", "hello.stripe")


@pytest.fixture
def rack(tmp_path: Path) -> House:
    return house(tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", score=ASKING)


async def give(rack: House, value: str, name: str = "stripe") -> None:
    await set_secret(rack.again(), "hello", name, value, observer=Silent(), now=NOW)


async def test_given_before_the_first_deploy(rack: House, app: Path) -> None:
    await give(rack, "one")
    assert rack.things.things == {}
    await rack.deploy(app)
    assert rack.statuses() == {1: S.LIVE}
    assert list_secrets(rack) == list_secrets(rack, "hello") == ["hello.stripe"]
    assert list_secrets(rack, "other") == []


async def test_another_value_is_another_release(rack: House, app: Path) -> None:
    await give(rack, "one")
    await rack.deploy(app)
    await give(rack, "two")
    assert rack.statuses() == {1: S.OLD, 2: S.LIVE}
    assert rack.names("process") == ["hello.web@r2"]
    assert rack.store.values(GIVEN)["value"].reveal() == "two"
    await rack.up()


async def test_the_old_value_is_back_when_the_new_release_fails(rack: House, app: Path) -> None:
    await give(rack, "one")
    await rack.deploy(app)
    before = rack.things.picture()
    rack.breaks("machine/process/hello.web@r2")
    with pytest.raises(NotReady):
        await give(rack, "two")
    assert rack.store.values(GIVEN)["value"].reveal() == "one"
    assert rack.things.picture() == before  # r1 was not even restarted
    await rack.up()


async def test_the_old_value_is_back_when_no_release_can_be_made(rack: House, app: Path) -> None:
    await give(rack, "one")
    await rack.deploy(app)
    shutil.rmtree(rack.paths.releases / "hello" / "r1")
    with pytest.raises(Missing, match="is not a folder"):
        await give(rack, "two")
    assert rack.store.values(GIVEN)["value"].reveal() == "one"


async def test_a_secret_that_nothing_asks_for_changes_nothing(rack: House, app: Path) -> None:
    await give(rack, "one")
    await rack.deploy(app)
    rack.things.log.clear()
    await give(rack, "x", name="unused")
    assert rack.things.log == []
    unset_secret(rack, "hello", "unused")
    assert list_secrets(rack) == ["hello.stripe"]


async def test_what_is_asked_for_is_not_unset(rack: House, app: Path) -> None:
    await give(rack, "one")
    await rack.deploy(app)
    with pytest.raises(Refused, match="asks for the secret 'stripe'"):
        unset_secret(rack, "hello", "stripe")
    await rack.deploy(write(app, score=SCORE))
    unset_secret(rack, "hello", "stripe")
    await rack.up()
    with pytest.raises(Missing, match="no secret 'stripe'"):
        unset_secret(rack, "hello", "stripe")


async def test_names_and_values_are_checked(rack: House) -> None:
    with pytest.raises(UsageError, match="'Not a name' cannot be a name"):
        await give(rack, "x", name="Not a name")
    with pytest.raises(UsageError, match="is empty"):
        await give(rack, "")


async def test_no_value_is_in_what_is_remembered_of_a_release(rack: House, app: Path) -> None:
    await give(rack, "sk-very-secret")
    await rack.deploy(app)
    rows = rack.store.releases("hello")
    journal = rack.store.journal()
    texts = [rack.store.text_of(each.digest) for each in rack.specs.values()]
    assert "sk-very-secret" not in f"{rows} {journal} {texts} {rack.things.picture()}"


class FullDisk(MemoryStore):
    """From when `hello r2` is live on, nothing more can be written into its journal."""

    def record_step(
        self, apply: int, position: int, result: Result, now: float, why: str = ""
    ) -> None:
        if any(r.number == 2 and r.status is S.LIVE for r in self.releases("hello")):
            raise HostError("the disk is full")
        super().record_step(apply, position, result, now, why)


async def test_once_the_new_release_is_reached_its_secret_stays(rack: House, app: Path) -> None:
    rack = replace(rack, store=FullDisk())
    await give(rack, "one")
    await rack.deploy(app)
    with pytest.raises(HostError, match="disk is full"):
        await give(rack, "two")
    assert rack.statuses() == {1: S.OLD, 2: S.LIVE}
    assert rack.store.values(GIVEN)["value"].reveal() == "two"
