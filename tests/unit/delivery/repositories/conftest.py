"""A rack's repositories, without a forge; commits are made in them directly."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rackhouse.delivery.repositories import Git, create, folder_of
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RepositoryRow
from rackhouse.store.sqlite_forge import SqliteForge


@dataclass
class Place:
    """A state folder with what the forge remembers."""

    paths: Paths
    forge: SqliteForge

    def make(self, name: str = "hello", **more: str) -> RepositoryRow:
        return create(self.forge, self.paths, name, by="owner", now=1.0, **more)

    def git(self, name: str = "hello") -> Git:
        return Git(folder_of(self.paths, name))

    def run(self, *words: str, name: str = "hello", stdin: bytes = b"") -> str:
        """Git, in the repository."""
        people = {"NAME": "Ada", "EMAIL": "ada@example.test", "DATE": "1700000000 +0000"}
        env = {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in people.items()}
        done = subprocess.run(
            ["git", "--git-dir", str(folder_of(self.paths, name)), *words],
            env={"PATH": os.environ["PATH"], "HOME": str(self.paths.root), **env},
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode(errors="surrogateescape").strip()

    def commit(
        self,
        files: dict[str, bytes],
        message: str = "change",
        *,
        on: str = "main",
        name: str = "hello",
    ) -> str:
        """A commit of exactly these files; a name with `->` in it is a link to its content."""
        lines, known = [], dict[bytes, str]()
        for file, content in files.items():
            mode = "120000" if file.endswith("->") else "100644"
            if content not in known:
                known[content] = self.run("hash-object", "-w", "--stdin", name=name, stdin=content)
            lines.append((mode, known[content], file.removesuffix("->")))
        tree = self._tree(lines, name)
        before = self.git(name).head(f"refs/heads/{on}")
        parent = ("-p", before) if before else ()
        commit = ("commit-tree", tree, *parent, "-F", "-")
        sha = self.run(*commit, name=name, stdin=message.encode())
        self.run("update-ref", f"refs/heads/{on}", sha, name=name)
        return sha

    def _tree(self, files: list[tuple[str, str, str]], repository: str) -> str:
        here = [f"{mode} blob {sha}\t{name}" for mode, sha, name in files if "/" not in name]
        for folder in sorted({name.partition("/")[0] for _, _, name in files if "/" in name}):
            below = [
                (mode, sha, name.partition("/")[2])
                for mode, sha, name in files
                if name.startswith(f"{folder}/")
            ]
            here.append(f"040000 tree {self._tree(below, repository)}\t{folder}")
        text = "".join(f"{line}\0" for line in here)
        stdin = text.encode(errors="surrogateescape")
        return self.run("mktree", "-z", name=repository, stdin=stdin)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    forge = SqliteForge(tmp_path / "store.db")
    yield Place(Paths(tmp_path), forge)
    forge.close()
