"""Removing: what runs leaves, data stays for the same application, and a purge takes all of it."""

from __future__ import annotations

from asyncio import run
from contextlib import suppress
from pathlib import Path

import pytest

from rackhouse.apply.outcome import Silent
from rackhouse.delivery.env import change_env
from rackhouse.delivery.remove import Removed, remove
from rackhouse.delivery.secrets import list_secrets, set_secret
from rackhouse.kit.errors import Missing, NotReady, Unavailable
from rackhouse.store.protocol import ReleaseStatus as S
from unit.delivery.house import NOW, SCORE, House, house, run_until, write


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app")


@pytest.fixture
async def rack(tmp_path: Path, app: Path) -> House:
    """Two releases of hello, and another application."""
    rack = house(tmp_path)
    await rack.deploy(app)
    await rack.deploy(write(app, "two"))
    await rack.deploy(write(tmp_path / "b", score=SCORE.replace("hello", "other")))
    return rack


async def take_down(rack: House, *, purge: bool = False) -> Removed:
    return await remove(rack.again(), "hello", purge=purge, observer=Silent(), now=NOW)


async def test_data_stays(rack: House) -> None:
    home = rack.paths.root / "homes/hello"
    home.mkdir(parents=True)
    (home / ".history").write_text("")
    removed = await take_down(rack)
    assert str(removed) == (
        "hello is gone; 3 things with its data stay"
        " (remove them with `rackhouse remove hello --purge`)"
    )
    assert rack.names("process", "route", "source") == [*("other", "other.web@r1", "other@r1")]
    assert rack.names("database") == ["hello_db", "other_db"]
    assert list((rack.paths.releases / "hello").iterdir()) == []
    await rack.up()
    with pytest.raises(Missing, match="no application 'hello'"):
        await take_down(rack)


async def test_a_home_in_which_nothing_is_counts_as_no_data(rack: House) -> None:
    (rack.paths.root / "homes/hello").mkdir(parents=True)
    assert (await take_down(rack)).data == 2


async def test_what_is_set_comes_back_with_it(rack: House, app: Path) -> None:
    await change_env(rack.again(), "hello", {"COLOUR": "red"}, observer=Silent(), now=NOW)
    await take_down(rack)
    await rack.deploy(app)
    assert rack.environment("hello.web@r4")["COLOUR"] == "red"


async def test_where_nothing_is_left_there_is_nothing_to_purge(rack: House, tmp_path: Path) -> None:
    site = tmp_path / "page"
    site.mkdir()
    (site / "index.html").write_text("hello")
    await rack.deploy(site)
    for purge in (False, True, True):
        coming = remove(rack.again(), "page", purge=purge, observer=Silent(), now=NOW)
        if purge:
            with pytest.raises(Missing, match="no application 'page'"):
                await coming
        else:
            assert str(await coming) == "page is gone; it had no data"


async def test_deployed_again_it_has_its_data_and_a_new_number(rack: House, app: Path) -> None:
    await take_down(rack)
    rack.things.log.clear()
    assert (await rack.deploy(app)).release == 3
    assert "ensure postgres/database/hello_db" not in rack.things.log
    assert rack.statuses() == {3: S.LIVE}
    await rack.up()


async def test_it_does_not_come_back_by_itself_when_deploying_again_fails(
    rack: House, app: Path
) -> None:
    await take_down(rack)
    rack.breaks("machine/process/hello.web@r3")
    with pytest.raises(NotReady):
        await rack.deploy(app)
    await rack.up()
    assert rack.names("process") == ["other.web@r1"]


async def test_a_purge_leaves_nothing(rack: House, app: Path) -> None:
    await set_secret(rack.again(), "hello", "token", "x", observer=Silent(), now=NOW)
    await change_env(rack.again(), "hello", {"A": "b"}, observer=Silent(), now=NOW)
    removed = await take_down(rack, purge=True)
    assert str(removed) == "hello and all of its data are gone"
    assert not [id for id in rack.things.things if "hello" in id.name]
    assert list_secrets(rack) == []
    assert rack.store.application("hello") is None
    assert (await rack.deploy(app)).release == 1
    assert "A" not in rack.environment("hello.web@r1")


async def test_what_was_removed_can_be_purged_later(rack: House) -> None:
    await take_down(rack)
    await take_down(rack, purge=True)
    assert rack.names("database") == ["other_db"]
    with pytest.raises(Missing):
        await take_down(rack, purge=True)


async def test_nothing_is_purged_while_a_part_is_out_of_sight(rack: House) -> None:
    rack.things.unreachable.add("postgres")
    rack.things.log.clear()
    with pytest.raises(Unavailable, match="postgres"):
        await take_down(rack, purge=True)
    assert rack.things.log == []
    rack.things.unreachable.clear()
    await take_down(rack, purge=True)
    assert rack.names("database") == ["other_db"]


def test_killed_anywhere_it_is_finished_by_the_next(tmp_path: Path) -> None:
    for moment in range(1, 300):
        here = tmp_path / str(moment)
        here.mkdir()
        rack = house(here)
        run(rack.deploy(write(here / "app")))
        if not run_until(rack.things, moment, take_down(rack, purge=True)):
            break
        run(rack.up())
        assert rack.names("process", "route", "source") == []
        with suppress(Missing):  # it had gone just before
            run(take_down(rack, purge=True))
        assert rack.names("database", "folder") == []
        assert rack.store.application("hello") is None
    assert 10 < moment < 299
