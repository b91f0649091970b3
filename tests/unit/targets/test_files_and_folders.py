"""Folders and files of the machine: inside the state folder, private, and nobody else's."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rackhouse.kit.errors import NotOurs, Refused
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Hidden, Id, Resource, Text, Values
from rackhouse.resources.machine import File, Folder
from rackhouse.resources.seen import Seen
from rackhouse.targets import machine
from unit.targets.worlds import RACK, World, open_world, quiet, stamp_for

FOLDER = Id("machine", "folder", "hello.data")
FILE = Id("machine", "file", "hello.conf")
PASSWORD = Id("vault", "secret", "hello").ref("value")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world("machine", tmp_path / "state") as world:
        world.paths.root.mkdir(mode=0o700)
        yield world


async def make(world: World, id: Id, spec: Any, values: Values | None = None) -> Seen:
    resource = Resource(id=id, spec=spec)
    return await world.target.ensure(resource, stamp_for(resource), values or {}, quiet)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_folder_is_private_whatever_the_umask(world: World) -> None:
    await make(world, FOLDER, Folder("volumes/hello.data"))
    assert mode(world.paths.volumes / "hello.data") == 0o700
    assert mode(world.paths.volumes) == 0o700


@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "a/../../b", ".", "link/data"])
@pytest.mark.parametrize("spec", [Folder, lambda path: File(path, Text.of("x"))])
async def test_a_path_outside_the_state_folder_is_refused(
    world: World, spec: Any, path: str, tmp_path: Path
) -> None:
    (world.paths.root / "link").symlink_to(tmp_path)
    with pytest.raises(Refused, match="not inside the state folder"):
        await make(world, FOLDER, spec(path))
    assert await world.target.observe(None) == []


async def test_an_absolute_path_inside_is_as_good_as_a_relative_one(world: World) -> None:
    path = world.paths.volumes / "hello.data"
    made = await make(world, FOLDER, Folder(str(path)))
    assert (await world.target.output(FOLDER.ref("path"))).reveal() == str(path)
    assert made == await make(world, FOLDER, Folder(str(path)))


async def test_a_strangers_folder_with_things_in_it_is_left_alone(world: World) -> None:
    path = world.paths.volumes / "hello.data"
    path.mkdir(parents=True)
    (path / "photo.jpg").write_text("mine")
    with pytest.raises(NotOurs):
        await make(world, FOLDER, Folder("volumes/hello.data"))
    assert await world.target.observe(None) == []
    (path / "photo.jpg").unlink()
    assert (await make(world, FOLDER, Folder("volumes/hello.data"))).ready


async def test_what_is_in_a_folder_is_neither_drift_nor_lost(world: World) -> None:
    made = await make(world, FOLDER, Folder("volumes/hello.data"))
    (world.paths.volumes / "hello.data" / "photo.jpg").write_text("mine")
    assert await world.target.observe({FOLDER}) == [made]
    await make(world, FOLDER, Folder("volumes/hello.data"))
    assert (world.paths.volumes / "hello.data" / "photo.jpg").read_text() == "mine"


async def test_a_purge_removes_what_is_in_it_and_no_link_is_followed(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("mine")
    made = await make(world, FOLDER, Folder("volumes/hello.data"))
    (world.paths.volumes / "hello.data" / "link").symlink_to(tmp_path)
    await world.target.remove(made, quiet)
    assert not (world.paths.volumes / "hello.data").exists()
    assert (tmp_path / "precious").read_text() == "mine"


async def test_data_is_not_moved_behind_its_owners_back(world: World) -> None:
    await make(world, FOLDER, Folder("volumes/hello.data"))
    with pytest.raises(Refused) as refused:
        await make(world, FOLDER, Folder("volumes/other"))
    assert refused.value.fix.startswith("move it yourself")


async def test_a_state_folder_may_be_moved(world: World, tmp_path: Path) -> None:
    await make(world, FOLDER, Folder("volumes/hello.data"))
    await make(world, FILE, File("files/hello.conf", Text.of("a")))
    shutil.move(world.paths.root, tmp_path / "new")
    moved = machine.open_target(
        "machine", {}, rack=RACK, paths=Paths(tmp_path / "new"), store=world.store
    )
    assert all(seen.ready for seen in await moved.observe(None))
    path = (await moved.output(FILE.ref("path"))).reveal()
    assert Path(path).read_text() == "a"


async def test_a_file_is_private_and_filled(world: World) -> None:
    text = Text.of("password = ", PASSWORD, "\n")
    made = await make(world, FILE, File("files/hello.conf", text), {PASSWORD: Hidden("s3cret")})
    path = world.paths.files / "hello.conf"
    assert path.read_text() == "password = s3cret\n"
    assert mode(path) == 0o600
    assert "s3cret" not in repr(made)


async def test_another_value_is_another_version(world: World) -> None:
    spec = File("files/hello.conf", Text.of(PASSWORD))
    first = await make(world, FILE, spec, {PASSWORD: Hidden("one")})
    second = await make(world, FILE, spec, {PASSWORD: Hidden("two")})
    assert first.version != second.version


async def test_a_file_that_is_right_is_not_written_again(world: World) -> None:
    spec = File("files/hello.conf", Text.of("a"))
    await make(world, FILE, spec)
    before = (world.paths.files / "hello.conf").stat()
    await make(world, FILE, spec)
    assert (world.paths.files / "hello.conf").stat() == before


async def test_a_mode_that_was_opened_is_seen_and_closed(world: World) -> None:
    made = await make(world, FILE, File("files/hello.conf", Text.of("a")))
    (world.paths.files / "hello.conf").chmod(0o644)
    (opened,) = await world.target.observe({FILE})
    assert opened.found != made.found
    await make(world, FILE, File("files/hello.conf", Text.of("a")))
    assert mode(world.paths.files / "hello.conf") == 0o600


@pytest.mark.parametrize("stranger", ["file", "link"])
async def test_a_strangers_file_is_left_alone(world: World, stranger: str, tmp_path: Path) -> None:
    path = world.paths.root / "hello.conf"
    if stranger == "file":
        path.write_text("mine")
    else:
        path.symlink_to("nowhere")
    with pytest.raises(NotOurs):
        await make(world, FILE, File("hello.conf", Text.of("ours")))
    assert path.is_symlink() or path.read_text() == "mine"


async def test_a_file_that_moves_leaves_nothing_behind(world: World) -> None:
    await make(world, FILE, File("files/one", Text.of("a")))
    await make(world, FILE, File("files/two", Text.of("a")))
    assert [path.name for path in world.paths.files.iterdir()] == ["two"]
