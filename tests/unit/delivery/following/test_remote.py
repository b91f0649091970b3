"""What comes out of a repository: plain files of a folder, of a bounded size, nothing beside."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from fakes.gitea.gitea import Fake
from fakes.gitea.opened import server
from rackhouse.delivery.following.remote import Pull, Remote
from rackhouse.kit.errors import HostError, Missing, RackhouseError, Refused, StepFailed

FILES = {"rack.yaml": "rack: home\n", "tea/score.yaml": "tea", "tea/static/a.txt": ""}


@pytest.fixture
def fake() -> Fake:
    return Fake(user="rackhouse")


def remote(fake: Fake) -> Remote:
    return Remote(server(fake), "home")


def packed(*entries: tarfile.TarInfo) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(bytes(entry.size)) if entry.isfile() else None)
    return made.getvalue()


def entry(name: str, *, size: int = 1, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size if kind == tarfile.REGTYPE else 0, "/etc"
    return made


async def test_a_commit_is_a_folder(fake: Fake, tmp_path: Path) -> None:
    sha = fake.history.commit("main", FILES)
    assert await remote(fake).head() == sha
    await remote(fake).check_out(sha, tmp_path)
    found = {str(it.relative_to(tmp_path)): it for it in tmp_path.rglob("*") if it.is_file()}
    assert {name: it.read_text() for name, it in found.items()} == FILES


async def test_a_repository_without_commits_has_nothing(fake: Fake, tmp_path: Path) -> None:
    assert await remote(fake).head() == ""
    assert await remote(fake).pulls() == []
    with pytest.raises(Missing):
        await remote(fake).check_out("0" * 40, tmp_path)


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ([entry("rack/out", kind=tarfile.SYMTYPE)], Refused),
        ([entry("rack/out", kind=tarfile.LNKTYPE)], Refused),
        ([entry("rack/door", kind=tarfile.FIFOTYPE)], Refused),
        ([entry("rack/../../out")], Refused),
        ([entry("out")], Refused),
        ([entry("rack/a"), entry("rack/a/b")], HostError),
        ([entry("rack/zeros", size=65 << 20)], Refused),
    ],
)
async def test_nothing_else_comes_out_of_one(
    fake: Fake, tmp_path: Path, entries: list[tarfile.TarInfo], error: type[RackhouseError]
) -> None:
    sha = "1" * 40
    fake.history.packed[sha] = packed(*entries)
    (tmp_path / "in").mkdir()
    with pytest.raises(error):
        await remote(fake).check_out(sha, tmp_path / "in")
    assert [it for it in tmp_path.rglob("*") if it.name in {"out", "door", "zeros"}] == []


@pytest.mark.parametrize("content", [b"no archive", bytes(17 << 20)])
async def test_what_is_no_archive_or_too_long_is_said(
    fake: Fake, tmp_path: Path, content: bytes
) -> None:
    fake.history.packed["1" * 40] = content
    with pytest.raises(StepFailed):
        await remote(fake).check_out("1" * 40, tmp_path)


async def test_only_what_would_come_to_the_default_branch_is_proposed(fake: Fake) -> None:
    history = fake.history
    for branch in ("main", "one", "two"):
        history.commit(branch, FILES)
    history.pull("two", base="one")
    number = history.pull("one")
    assert await remote(fake).pulls() == [Pull(number, history.branches["one"])]


async def test_a_strangers_comment_is_left_as_it_is(fake: Fake) -> None:
    history = fake.history
    for branch in ("main", "one"):
        history.commit(branch, FILES)
    number = history.pull("one")
    theirs = {"id": 1, "index": number, "user": {"login": "eve"}, "body": "<!-- rackhouse -->\nhi"}
    history.comments[1] = theirs
    for text in ("a plan", "another"):
        await remote(fake).comment(number, text)
    assert history.said(number) == [theirs["body"], "<!-- rackhouse -->\nanother"]
