"""Which files belong to a source folder. Looks, and changes nothing.

Left out is what git would leave out of the folder, or what `.rackhouseignore` says where there is
one (it stands instead of .gitignore), and always caches and installed packages. Empty folders do
not count, as in git.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rackhouse.app.ignore import ALWAYS, Pattern, ignored, patterns
from rackhouse.kit.errors import HostError, Missing, Refused
from rackhouse.kit.files import host_error
from rackhouse.kit.process import run_sync
from rackhouse.kit.text import format_bytes

MAX_FILES = 20_000
MAX_BYTES = 2**30
IGNORE = ".rackhouseignore"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or a symbolic link to something inside the folder (`link` is where it points)."""

    path: str
    size: int
    executable: bool
    link: str = ""


def entries(folder: Path) -> tuple[Entry, ...]:
    """What belongs to the folder, sorted by path. Raises Missing, HostError, and Refused for what
    cannot be part of a release: links that leave the folder, sockets, too many or too large files.
    """
    if not folder.is_dir():
        raise Missing(f"{folder} is not a folder", fix="name the folder of the application")
    return _checked(folder, _chosen)


def all_entries(folder: Path) -> tuple[Entry, ...]:
    """The same with nothing left out: of a folder that is a snapshot."""
    return _checked(folder, lambda folder: _walk(folder, "", ()))


def _checked(folder: Path, paths: Callable[[Path], Iterable[str]]) -> tuple[Entry, ...]:
    try:
        looked = [_entry(folder, path) for path in sorted(paths(folder))]
    except OSError as error:
        raise host_error(error, Path(error.filename or folder)) from error
    found = tuple(entry for entry in looked if entry)
    total = sum(entry.size for entry in found)
    if len(found) > MAX_FILES:
        raise _too_much(f"{folder} has {len(found)} files, more than {MAX_FILES}", folder)
    if total > MAX_BYTES:
        largest = max(found, key=lambda entry: entry.size)
        said = f"{largest.path} alone is {format_bytes(largest.size)}"
        what = f"{folder} is {format_bytes(total)}, more than {format_bytes(MAX_BYTES)}; {said}"
        raise _too_much(what, folder)
    return found


def _too_much(what: str, folder: Path) -> Refused:
    fix = f"name what a release does not need in {folder / IGNORE}, as in a .gitignore"
    return Refused(what, fix=fix)


def _chosen(folder: Path) -> Iterable[str]:
    always, own = patterns(ALWAYS), folder / IGNORE
    if own.is_file():
        return _walk(folder, "", (*always, *patterns(own.read_text("utf-8", "replace"))))
    listed = _git(folder)
    if listed is None:
        return _walk(folder, "", always, nested=".gitignore")
    found: set[str] = set()
    for path in listed:
        places = [path[:at] for at, letter in enumerate(path) if letter == "/"]
        if any(ignored(always, place, folder=True) for place in places):
            continue
        if (folder / path).is_dir() and not (folder / path).is_symlink():
            found.update(_walk(folder, path.rstrip("/"), always, nested=".gitignore"))  # submodule
        elif not ignored(always, path, folder=False):
            found.add(path)
    return found


def _git(folder: Path) -> list[str] | None:
    """What git says belongs to the folder; None where it knows nothing of it."""
    home = folder.resolve()
    if not any((place / ".git").exists() for place in (home, *home.parents)):
        return None
    # A hook's GIT_DIR would name another repository.
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    argv = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = run_sync(argv, env=env, folder=folder, timeout=60)
    except HostError:
        return None
    if done.code or done.cut or not done.out or "\ufffd" in done.out:
        return None  # not ours to read, too long, ignored as a whole, or names that are no text
    return done.out.rstrip("\0").split("\0")


def _walk(folder: Path, inside: str, rules: tuple[Pattern, ...], nested: str = "") -> Iterator[str]:
    """Paths of files below `inside`. `nested`: files of further patterns that lie among them."""
    here = folder / inside
    if nested and (here / nested).is_file():
        rules += patterns((here / nested).read_text("utf-8", "replace"), inside)
    with os.scandir(here) as found:
        for item in found:
            path = f"{inside}/{item.name}" if inside else item.name
            is_folder = item.is_dir(follow_symlinks=False)
            if ignored(rules, path, folder=is_folder):
                continue
            if is_folder:
                yield from _walk(folder, path, rules, nested)
            else:
                yield path


def _entry(folder: Path, path: str) -> Entry | None:
    try:
        found = (folder / path).lstat()
    except FileNotFoundError:
        return None  # git knows it, and it was deleted
    if stat.S_ISREG(found.st_mode):
        return Entry(path, found.st_size, bool(found.st_mode & stat.S_IXUSR))
    if not stat.S_ISLNK(found.st_mode):
        what, fix = "it is a socket, a pipe or a device", f"remove it, or name it in {IGNORE}"
        raise Refused(what, where=str(folder / path), fix=fix)
    link = str((folder / path).readlink())
    if _leaves(folder, path, link):
        what = f"it is a link to {link}, which a release would not have"
        fix = f"copy what it links to, or name it in {IGNORE}"
        raise Refused(what, where=str(folder / path), fix=fix)
    return Entry(path, len(link), executable=False, link=link)


def _leaves(folder: Path, path: str, link: str) -> bool:
    """By its words (`../app/x` comes back only where the folder is called app), or in fact."""
    words = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    fact = Path(os.path.realpath(folder / path))
    return (
        words.startswith(("/", "../"))
        or words == ".."
        or not fact.is_relative_to(os.path.realpath(folder))
    )
