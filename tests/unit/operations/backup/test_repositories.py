"""Repositories come back with every branch and tag, and what differs is seen."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.operations.backup.bundle import About, BundleWriter, Sums
from rackhouse.operations.backup.repositories import Repositories
from rackhouse.operations.backup.unpack import BundleReader

ABOUT = About(rack="home", made="", rackhouse="0")
ADA = {"NAME": "Ada", "EMAIL": "ada@example.test"}


def git(folder: Path, *words: str) -> str:
    people = {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in ADA.items()}
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **people}
    done = subprocess.run(
        ["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def bare(folder: Path, name: str, branch: str = "main") -> Path:
    made = folder / f"{name}.git"
    made.mkdir(parents=True)
    git(made, "init", "--quiet", "--bare", f"--initial-branch={branch}")
    return made


def commit(repository: Path, ref: str, message: str) -> str:
    tree = git(repository, "hash-object", "-t", "tree", "-w", "/dev/null")
    sha = git(repository, "commit-tree", tree, "-m", message)
    git(repository, "update-ref", ref, sha)
    return sha


def there_and_back(old: Path, tmp_path: Path) -> tuple[Sums, Path]:
    out, scratch = io.BytesIO(), tmp_path / "scratch"
    scratch.mkdir()
    with BundleWriter(out, ABOUT, scratch) as writer:
        Repositories(old).dump(writer)
    assert not list(scratch.iterdir())
    out.seek(0)
    told = BundleReader(out).unpack(tmp_path / "unpacked")
    Repositories(tmp_path / "new").load(tmp_path / "unpacked")
    return told, tmp_path / "new"


def test_branches_tags_and_head_come_back(tmp_path: Path) -> None:
    old = tmp_path / "old"
    hello = bare(old, "hello", "trunk")
    refs = ("refs/heads/trunk", "refs/heads/a/b", "refs/heads/h\u2028ll\u00f6", "refs/tags/v1")
    shas = {ref: commit(hello, ref, ref) for ref in refs}
    git(hello, "tag", "-a", "-m", "annotated", "v2", shas["refs/heads/trunk"])
    bare(old, "empty", "main")
    told, new = there_and_back(old, tmp_path)
    assert told == Repositories(old).sums() == Repositories(new).sums()
    assert told["repositories/empty"] == "refs/heads/main"
    assert told["repositories/hello"] == "refs/heads/trunk"
    for ref, sha in shas.items():
        assert told[f"repositories/hello/{ref}"] == sha
    assert len(told) == 7
    git(new / "hello.git", "fsck", "--strict")
    assert git(new / "hello.git", "log", "-1", "--format=%s", "trunk") == "refs/heads/trunk"


def test_no_repositories_is_nothing(tmp_path: Path) -> None:
    told, new = there_and_back(tmp_path / "none", tmp_path)
    assert told == {}
    assert not new.exists()


def test_what_is_being_made_or_removed_is_passed_over(tmp_path: Path) -> None:
    bare(tmp_path / "old", ".hello.1234.gone")
    bare(tmp_path / "old", ".hello")
    told, _ = there_and_back(tmp_path / "old", tmp_path)
    assert told == {}


def test_a_push_since_is_a_difference(tmp_path: Path) -> None:
    hello = bare(tmp_path / "old", "hello")
    commit(hello, "refs/heads/main", "one")
    before = Repositories(tmp_path / "old").sums()
    commit(hello, "refs/heads/main", "two")
    after = Repositories(tmp_path / "old").sums()
    assert before.keys() == after.keys()
    assert before != after


def test_a_damaged_repository_is_said(tmp_path: Path) -> None:
    hello = bare(tmp_path / "old", "hello")
    sha = commit(hello, "refs/heads/main", "one")
    (hello / "objects" / sha[:2] / sha[2:]).unlink()
    with pytest.raises(HostError, match="git"):
        there_and_back(tmp_path / "old", tmp_path)
