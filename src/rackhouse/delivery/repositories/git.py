"""One repository, read by the git program. Writes nothing, follows no link, believes no name.

What is asked for by a person is resolved once (`find`) to the id of a commit; everything else takes
ids and paths, so that no word is ever taken for an option or for git's revision syntax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.delivery.repositories.names import is_commit, is_ref
from rackhouse.delivery.repositories.parse import (
    COMMIT_FORMAT,
    REF_FORMAT,
    TOUCH_FORMAT,
    Branch,
    Commit,
    Entry,
    Touch,
    commits,
    entries,
    refs,
    touches,
)
from rackhouse.delivery.repositories.settings import environment
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.process import read_sync

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_MOST = 8 * 1024 * 1024  # bytes of an answer that is a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file at a commit: its first bytes. Of a symbolic link they are where it points."""

    content: bytes
    size: int
    link: bool = False

    @property
    def cut(self) -> bool:
        """Whether the file is longer than that."""
        return self.size > len(self.content)

    @property
    def binary(self) -> bool:
        """Whether it is no text, as git judges it."""
        return b"\0" in self.content[:8000]


@dataclass(frozen=True, slots=True)
class Git:
    """A bare repository. `env`: variables over git's, such as where a push in progress lies.

    Calls take a few milliseconds to a few tenths of a second and block: in an event loop, use
    `asyncio.to_thread`. Missing when what was asked for is not there, NotReady when git takes
    longer than `patience` seconds.
    """

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0

    def branches(self) -> list[Branch]:
        """All branches, the newest commit first."""
        return refs(self._list("for-each-ref", "--sort=-committerdate", REF_FORMAT, "refs/heads/"))

    def tags(self) -> list[Branch]:
        """All tags, the newest first."""
        return refs(self._list("for-each-ref", "--sort=-creatordate", REF_FORMAT, "refs/tags/"))

    def head(self, ref: str) -> str:
        """The commit at the full name of a ref; "" when there is none."""
        if not is_ref(ref):
            return ""
        return self._resolve(f"{ref}^{{commit}}")

    def heads(self) -> dict[str, str]:
        """Every branch by its full name, with its commit."""
        return {f"refs/heads/{branch.name}": branch.sha for branch in self.branches()}

    def find(self, word: str) -> str:
        """The commit that a person means: a branch, a tag, an id or its beginning. "" for none."""
        for ref in (f"refs/heads/{word}", f"refs/tags/{word}"):
            if sha := self.head(ref):
                return sha
        hexadecimal = 4 <= len(word) <= 64 and not word.strip("0123456789abcdef")
        return self._resolve(f"{word}^{{commit}}") if hexadecimal else ""

    def has(self, sha: str) -> bool:
        """Whether that object is there."""
        return self._run("cat-file", "-e", _checked(sha)) is not None

    def commit(self, sha: str) -> Commit:
        """One commit."""
        found = commits(self._list("show", "--no-patch", COMMIT_FORMAT, _checked(sha)))
        return found[0]

    def log(
        self, sha: str, *, limit: int = 50, skip: int = 0, path: str = "", without: str = ""
    ) -> list[Commit]:
        """The commits that lead to `sha`, the newest first; with `path`, those that changed it;
        `without` those that lead to that commit.
        """
        words = [f"--max-count={limit}", f"--skip={skip}", _checked(sha)]
        words += [f"^{_checked(without)}"] if without else []
        return commits(self._list("log", COMMIT_FORMAT, *words, "--", *_only(path)))

    def touched(self, sha: str, path: str = "", *, limit: int = 100) -> dict[str, Touch]:
        """The last commit that changed each thing in a folder, by its name, as far as the newest
        `limit` commits tell.
        """
        words = (TOUCH_FORMAT, "-z", "--name-only", "--no-renames", f"--max-count={limit}")
        out = self._list("log", *words, _checked(sha), "--", *_only(path))
        return touches(out, f"{path}/" if path else "")

    def distance(self, base: str, sha: str) -> tuple[int, int]:
        """How many commits `sha` is behind `base`, and how many ahead of it."""
        ends = f"{_checked(base)}...{_checked(sha)}"
        behind, ahead = self._list("rev-list", "--left-right", "--count", ends, "--").split()
        return int(behind), int(ahead)

    def fork(self, one: str, other: str) -> str:
        """The newest commit that leads to both; "" when their histories have nothing in common."""
        out = self._run("merge-base", _checked(one), _checked(other))
        return out.decode().strip() if out else ""

    def tree(self, sha: str, path: str = "") -> list[Entry]:
        """What lies in a folder at a commit: folders first. Missing when it is no folder."""
        out = self._run("ls-tree", "-z", "--long", f"{_checked(sha)}:{_inside(path)}")
        if out is None:
            raise Missing(f"there is no folder {path!r} at {sha[:7]}")
        return entries(out)

    def entry(self, sha: str, path: str) -> Entry | None:
        """What lies at a path of a commit, by its own folder's word; None when nothing does."""
        parent, _, name = _inside(path or ".").rpartition("/")
        return next((each for each in self.tree(sha, parent) if each.name == name), None)

    def blob(self, sha: str, path: str, *, limit: int = 1 << 20) -> Blob:
        """The first `limit` bytes of a file at a commit. Missing when it is no file."""
        entry = self.entry(sha, path)
        if entry is None or entry.kind != "blob":
            raise Missing(f"there is no file {path!r} at {sha[:7]}")
        content = self._run("cat-file", "blob", entry.sha, limit=limit) or b""
        return Blob(content=content, size=entry.size, link=entry.link)

    def diff(self, before: str, after: str, *, limit: int = 2 << 20) -> tuple[str, bool]:
        """What changed, as a patch, at most `limit` bytes of it, and whether it was cut.

        `before` "" stands for nothing at all.
        """
        flags = ("-p", "-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index")
        ends = (_checked(before or EMPTY_TREE), _checked(after))
        out = self._run("diff-tree", *flags, *ends, limit=limit + 1)
        if out is None:
            raise Missing(f"there is no {before[:7]} or no {after[:7]} to compare")
        return out[:limit].decode(errors="replace"), len(out) > limit

    def changed_paths(self, before: str, after: str) -> tuple[str, ...]:
        """The files that differ; `before` "" stands for nothing at all."""
        ends = (_checked(before or EMPTY_TREE), _checked(after))
        out = self._list("diff-tree", "-r", "-z", "--name-only", "--no-renames", *ends)
        return tuple(_text(name) for name in out.split(b"\0") if name)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`; false also when one of them is not there."""
        ends = (_checked(older), _checked(newer))
        return self._run("merge-base", "--is-ancestor", *ends) is not None

    def _resolve(self, word: str) -> str:
        out = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", word)
        return out.decode().strip() if out else ""

    def _list(self, *words: str) -> bytes:
        out = self._run(*words)
        if out is None:
            raise Missing(f"{self.folder.name} has no such commit or ref")
        return out

    def _run(self, *words: str, limit: int = _MOST) -> bytes | None:
        """What git says; None when it says that there is no such thing."""
        env = {**environment(GIT_DIR=str(self.folder)), **self.env}
        out, done = read_sync(["git", *words], env=env, limit=limit, timeout=self.patience)
        return out if done.code == 0 else None


def _checked(sha: str) -> str:
    if not is_commit(sha):
        raise UsageError(f"{sha!r} is not the full id of a commit")
    return sha


def _inside(path: str) -> str:
    """A path below the root of a tree; Missing for one that would lead elsewhere."""
    parts = path.split("/") if path else []
    if "\0" in path or any(part in {"", ".", ".."} for part in parts):
        raise Missing(f"there is no file {path!r}")
    return path


def _only(path: str) -> list[str]:
    """A path as git's arguments have it: no pattern, whatever is in it."""
    return [f":(literal,top){path}"] if path else []


def _text(name: bytes) -> str:
    return name.decode(errors="replace")
