"""Variables over those of the file: each change is a release of what is live already."""

from __future__ import annotations

import shutil
from asyncio import run
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.app.codec import decode, encode
from rackhouse.apply.outcome import Silent
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.env import change_env, overrides
from rackhouse.delivery.releases import remake
from rackhouse.kit.errors import Missing, NotReady, Refused
from rackhouse.store.protocol import ReleaseStatus as S
from unit.delivery.house import NOW, SCORE, House, house, run_until, write


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app")


@pytest.fixture
async def rack(tmp_path: Path, app: Path) -> House:
    rack = house(tmp_path)
    await rack.deploy(app)
    return rack


async def change(rack: House, changes: Mapping[str, str | None]) -> Deployed:
    return await change_env(rack.again(), "hello", changes, observer=Silent(), now=NOW)


async def test_a_variable_over_the_files_and_back_again(rack: House) -> None:
    assert str(await change(rack, {"COLOUR": "red", "EMPTY": ""})) == "hello r2 is live"
    env = rack.environment("hello.web@r2")
    assert (env["COLOUR"], env["EMPTY"]) == ("red", "")
    assert overrides(rack, "hello") == {"COLOUR": "red", "EMPTY": ""}
    await change(rack, {"COLOUR": None, "EMPTY": None})
    env = rack.environment("hello.web@r3")
    assert (env["COLOUR"], "EMPTY" in env) == ("blue", False)
    assert overrides(rack, "hello") == {}


async def test_they_hold_for_later_deploys(rack: House, app: Path) -> None:
    await change(rack, {"COLOUR": "red"})
    await rack.deploy(write(app, "two"))
    assert rack.environment("hello.web@r3")["COLOUR"] == "red"


async def test_it_is_still_the_release_of_the_same_source(rack: House, app: Path) -> None:
    (app / "requirements.txt").write_text("--no-index\n")
    await rack.deploy(app)
    await change(rack, {"COLOUR": "red"})
    assert not (await rack.deploy(app)).changed
    assert rack.environment("hello.web@r3")["COLOUR"] == "red"


async def test_dependencies_are_not_resolved_again(rack: House, app: Path) -> None:
    (app / "requirements.txt").write_text("thing==1 --hash=sha256:00\n")
    (app / ".gitignore").write_text("*.lock\n")
    await rack.deploy(app)
    lock = rack.paths.releases / "hello/r2/requirements.txt"
    await change(rack, {"COLOUR": "red"})
    assert (rack.paths.releases / "hello/r3/requirements.txt").read_text() == lock.read_text()
    assert [id.kind for id in rack.things.things].count("packages") == 1


async def test_links_that_were_put_into_the_snapshot_are_left_out(rack: House) -> None:
    live = rack.paths.releases / "hello/r1"
    (live / "node_modules").symlink_to(rack.paths.root)
    (live / "__pycache__").mkdir()
    await change(rack, {"COLOUR": "red"})
    again = rack.paths.releases / "hello/r2"
    assert sorted(it.name for it in again.iterdir()) == ["main.py", "score.yaml"]


async def test_of_what_a_registry_has_nothing_is_copied(rack: House) -> None:
    (row,) = rack.store.releases("hello")
    app = decode(row.app)
    assert app.release is not None
    there = replace(app.release, image="git.lab/lab/hello@sha256:1")
    rack.store.add_release(replace(row, app=encode(replace(app, release=there))))
    shutil.rmtree(rack.paths.releases / "hello")
    made = remake(rack.again(), "hello", by="env COLOUR", now=NOW, values={"COLOUR": "red"})
    assert made.app.overrides == (("COLOUR", "red"),)
    assert made.app.release == replace(there, number=2, snapshot="releases/hello/r2")
    assert not (rack.paths.releases / "hello").exists()


async def test_nothing_stays_set_when_the_new_release_fails(rack: House) -> None:
    rack.breaks("machine/process/hello.web@r2")
    with pytest.raises(NotReady):
        await change(rack, {"COLOUR": "red"})
    assert overrides(rack, "hello") == {}
    assert rack.statuses() == {1: S.LIVE, 2: S.FAILED}
    assert rack.names("process") == ["hello.web@r1"]


def test_killed_anywhere_what_is_set_is_what_the_live_release_has(tmp_path: Path) -> None:
    found = set()
    for moment in range(1, 300):
        here = tmp_path / str(moment)
        here.mkdir()
        rack = house(here)
        run(rack.deploy(write(here / "app")))
        if not run_until(rack.things, moment, change(rack, {"COLOUR": "red"})):
            break
        run(rack.up())
        (process,) = rack.names("process")
        colour = rack.environment(process)["COLOUR"]
        assert overrides(rack, "hello").get("COLOUR", "blue") == colour
        found.add(colour)
    assert moment < 299
    assert found == {"blue", "red"}


@pytest.mark.parametrize("name", ["PORT", "PORT_ADMIN"])
async def test_what_the_rack_itself_says_cannot_be_set(rack: House, app: Path, name: str) -> None:
    ports = "ports: {web: {port: 80, targetPort: 8080}, admin: {port: 81, targetPort: 8081}}"
    score = SCORE.replace("ports: {web: {port: 80, targetPort: 8080}}", ports)
    await rack.deploy(write(app, score=score))
    with pytest.raises(Refused, match=f"the rack itself says what {name} is to hello"):
        await change(rack, {"COLOUR": "red", name: "99"})
    assert overrides(rack, "hello") == {}
    assert rack.statuses() == {1: S.OLD, 2: S.LIVE}
    assert str(await change(rack, {name: None})) == "hello r3 is live"


async def test_a_static_site_reads_no_variable(rack: House, tmp_path: Path) -> None:
    site = tmp_path / "page"
    site.mkdir()
    (site / "index.html").write_text("hello")
    await rack.deploy(site)
    with pytest.raises(Refused, match="page is a static site: no program of it reads A"):
        await change_env(rack.again(), "page", {"A": "1"}, observer=Silent(), now=NOW)


async def test_an_application_that_is_not_there(rack: House) -> None:
    with pytest.raises(Missing, match="Did you mean 'hello'"):
        overrides(rack, "helo")
    with pytest.raises(Missing):
        await change_env(rack.again(), "helo", {"A": "b"}, observer=Silent(), now=NOW)
