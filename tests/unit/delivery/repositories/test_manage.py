"""Repositories made, changed, removed: whole, or taken up where a kill left them."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from rackhouse.delivery.repositories import change, folder_of, remove, summary
from rackhouse.delivery.repositories.manage import settle_default
from rackhouse.delivery.repositories.size import room_of, size_of
from rackhouse.delivery.repositories.upkeep import keep, keep_all, sweep
from rackhouse.delivery.runs.queue import Update
from rackhouse.kit.errors import Missing, Refused, UsageError
from unit.delivery.repositories.conftest import Place


def test_made_private_and_bare(place: Place) -> None:
    row = place.make(description="a page", default_branch="trunk")
    folder = folder_of(place.paths, "hello")
    assert (folder / "HEAD").read_text() == "ref: refs/heads/trunk\n"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(folder.glob("hooks/*"))
    assert place.forge.repository("hello") == row
    assert [path.name for path in place.paths.repositories.iterdir()] == ["hello.git"]


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "Hello", "-x", "a" * 41, "x.git", "a b", "ä", "h\n", "9lives"]
)
def test_bad_names_are_refused(place: Place, name: str) -> None:
    with pytest.raises(UsageError):
        place.make(name)
    assert not place.paths.repositories.exists()


def test_twice_is_refused(place: Place) -> None:
    place.make()
    with pytest.raises(Refused):
        place.make()


def test_one_that_was_cut_is_taken_up(place: Place) -> None:
    place.make()
    sha = place.commit({"a": b"1"})
    place.forge.drop_repository("hello")  # as a kill between the folder and the row leaves it
    place.make()
    assert place.git().head("refs/heads/main") == sha


def test_removed_with_all_its_history(place: Place) -> None:
    place.make()
    place.commit({"a": b"secret"})
    remove(place.forge, place.paths, "hello", by="owner", now=2.0)
    assert place.forge.repository("hello") is None
    assert not list(place.paths.repositories.iterdir())
    place.make()
    assert place.git().heads() == {}


def test_a_removal_that_was_cut_is_finished(place: Place) -> None:
    place.make()
    folder = folder_of(place.paths, "hello")
    folder.rename(folder.with_name(".hello.1234.gone"))
    remove(place.forge, place.paths, "hello", by="owner", now=2.0)
    sweep(place.paths, time.time())
    assert folder.with_name(".hello.1234.gone").exists()  # it may be in the making
    sweep(place.paths, time.time() + 7200)
    assert not list(place.paths.repositories.iterdir())


def test_what_is_not_there(place: Place) -> None:
    place.make("hello")
    with pytest.raises(Missing, match="Did you mean 'hello'"):
        remove(place.forge, place.paths, "helo", by="owner", now=2.0)


def test_changes(place: Place) -> None:
    place.make()
    row = change(
        place.forge, place.paths, "hello", by="owner", now=2.0,
        protected=("main", "release/*"), quota="5Mi", default_branch="trunk", trusted=False,
    )  # fmt: skip
    assert place.forge.repository("hello") == row
    assert row.quota == 5 * 2**20
    assert (folder_of(place.paths, "hello") / "HEAD").read_text() == "ref: refs/heads/trunk\n"
    assert "protected: main release/*; untrusted" in summary(place.paths, row)


@pytest.mark.parametrize(
    "wrong",
    [{"quota": "five"}, {"protected": ("a b",)}, {"default_branch": "-x"}, {"protected": ("",)}],
)
def test_wrong_values_change_nothing(place: Place, wrong: dict[str, object]) -> None:
    before = place.make()
    with pytest.raises(UsageError):
        change(place.forge, place.paths, "hello", by="owner", now=2.0, **wrong)
    assert place.forge.repository("hello") == before


def test_the_default_branch_follows_the_first_push_and_no_other(place: Place) -> None:
    row = place.make()
    sha = place.commit({"a": b"1"}, on="develop")
    updates = [Update(ref="refs/heads/develop", before="", after=sha)]
    row = settle_default(place.forge, place.paths, row, updates)
    assert row.default_branch == "develop"
    sha = place.commit({"a": b"1"}, on="main")
    updates = [Update(ref="refs/heads/main", before="", after=sha)]
    assert settle_default(place.forge, place.paths, row, updates).default_branch == "develop"


def test_size_and_room(place: Place, tmp_path: Path) -> None:
    row = place.make()
    folder = folder_of(place.paths, "hello")
    (folder / "link").symlink_to("/")  # not followed
    before = size_of(folder)
    (folder / "objects" / "more").write_bytes(b"x" * 5000)
    assert size_of(folder) == before + 5000
    assert size_of(tmp_path / "nothing") == 0
    row = change(place.forge, place.paths, "hello", by="owner", now=2.0, quota=before + 6000)
    assert room_of(row, folder) == 1000
    row = change(place.forge, place.paths, "hello", by="owner", now=2.0, quota=100)
    assert room_of(row, folder) == 0


async def test_upkeep_packs_what_has_grown(place: Place) -> None:
    place.make()
    for number in range(140):
        place.commit({"a": f"{number}".encode()})
    head = place.git().head("refs/heads/main")
    before = len(list(folder_of(place.paths, "hello").glob("objects/??/*")))
    await keep(place.paths, "hello")
    assert before >= 400
    assert len(list(folder_of(place.paths, "hello").glob("objects/??/*"))) == 0
    assert place.git().head("refs/heads/main") == head
    await keep_all(place.paths, ["hello", "nothing", "hello"])  # one that is gone stops no other
