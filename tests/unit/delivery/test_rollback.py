"""Going back: to what served before, as it was, with its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.apply.outcome import Silent
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.env import change_env, overrides
from rackhouse.delivery.rollback import rollback
from rackhouse.kit.errors import Missing, NotReady
from rackhouse.store.protocol import ReleaseStatus as S
from unit.delivery.house import NOW, House, house, write


@pytest.fixture
async def rack(tmp_path: Path) -> House:
    """Three releases; the last is live."""
    rack = house(tmp_path)
    for text in ("one", "two", "three"):
        await rack.deploy(write(tmp_path / "app", text))
    return rack


async def back(rack: House, number: int | None = None) -> Deployed:
    return await rollback(rack.again(), "hello", number, observer=Silent(), now=NOW)


async def test_goes_back_one_release_at_a_time(rack: House) -> None:
    assert str(await back(rack)) == "hello r2 is live"
    assert rack.statuses() == {1: S.OLD, 2: S.LIVE, 3: S.OLD}
    assert rack.names("process") == ["hello.web@r2"]
    assert (await back(rack)).release == 1
    with pytest.raises(Missing, match="no earlier release") as raised:
        await back(rack)
    assert raised.value.fix == "there are: r2, r3"
    await rack.up()


async def test_goes_to_any_release_that_served(rack: House) -> None:
    assert (await back(rack, 1)).release == 1
    assert (await back(rack, 3)).release == 3
    assert rack.statuses() == {1: S.OLD, 2: S.OLD, 3: S.LIVE}


async def test_says_what_there_is_to_go_back_to(rack: House) -> None:
    with pytest.raises(Missing, match="r7") as raised:
        await back(rack, 7)
    assert raised.value.fix == "there are: r1, r2"
    with pytest.raises(Missing, match="Did you mean 'hello'"):
        await rollback(rack.again(), "hallo", None, observer=Silent(), now=NOW)


async def test_the_oldest_that_is_kept_can_be_gone_back_to(rack: House, tmp_path: Path) -> None:
    for text in ("four", "five", "six"):
        await rack.deploy(write(tmp_path / "app", text))
    assert (await back(rack, 1)).release == 1
    assert rack.statuses() == {1: S.LIVE, **dict.fromkeys(range(2, 7), S.OLD)}
    await rack.up()


async def test_one_that_fails_now_can_be_tried_again(rack: House) -> None:
    rack.breaks("machine/process/hello.web@r2")
    with pytest.raises(NotReady):
        await back(rack)
    assert rack.statuses() == {1: S.OLD, 2: S.OLD, 3: S.LIVE}
    assert rack.names("process") == ["hello.web@r3"]
    rack.things.faults.clear()
    assert (await back(rack)).release == 2


async def test_goes_back_to_the_variables_of_then(rack: House, tmp_path: Path) -> None:
    changes = {"COLOUR": "red"}
    await change_env(rack.again(), "hello", changes, observer=Silent(), now=NOW)
    await back(rack)
    assert rack.environment("hello.web@r3")["COLOUR"] == "blue"
    assert overrides(rack, "hello") == {}
    await rack.deploy(write(tmp_path / "app", "four"))
    assert rack.environment("hello.web@r5")["COLOUR"] == "blue"
    await back(rack, 4)
    assert overrides(rack, "hello") == changes


async def test_the_only_release_is_named_where_another_is_asked_for(tmp_path: Path) -> None:
    rack = house(tmp_path)
    await rack.deploy(write(tmp_path / "app"))
    with pytest.raises(Missing, match="no earlier release r9") as raised:
        await back(rack, 9)
    assert raised.value.fix == "r1 is live, and is the only one that there is"
