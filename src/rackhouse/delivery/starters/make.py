"""A folder is made from a template: files, a git repository, a first commit; whole or not at all.

Knows no rack.
"""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from rackhouse.app.ignore import ALWAYS, ignored, patterns
from rackhouse.delivery.starters import MODELS, NAME, PLACE, TEMPLATES
from rackhouse.desired.names import RESERVED
from rackhouse.kit.errors import HostError, Refused, UsageError
from rackhouse.kit.files import host_error
from rackhouse.kit.process import Finished, run_sync
from rackhouse.kit.text import did_you_mean, is_name

BRANCH = "main"
_WHO = (
    *("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"),
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"),
)


def check(name: str, template: str, folder: Path) -> None:
    """Whether it could be made. UsageError for a name that is none or a template that there is
    not; Refused for a part's name, and where the folder has something in it.
    """
    if template not in TEMPLATES:
        hint = did_you_mean(template, TEMPLATES)
        fix = f"use one of {', '.join(TEMPLATES)}; `rackhouse new --list` tells of each"
        raise UsageError(f"there is no template {template!r}.{hint}", fix=fix)
    if not is_name(name):
        raise UsageError(
            f"{name!r} cannot name an application",
            fix="use 1 to 40 of a-z, 0-9 and -, beginning with a letter",
        )
    if name in RESERVED:
        fix = "give the application another name"
        raise Refused(f"{name!r} is the name of a part of the rack", fix=fix)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Refused(
            "something is there already", where=str(folder), fix="name another, or move it away"
        )


def make(name: str, template: str, folder: Path, *, models: bool = False) -> None:
    """Make the folder with the application in it, committed; `models`: the rack answers for some,
    so that it asks them. Raises as `check`; HostError without git, or when the disk does not take
    it: the folder is then as it was.
    """
    check(name, template, folder)
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)  # of one that was killed
        _write(PLACE / template, partial, {NAME: name} | ({MODELS: ""} if models else {}))
        _commit(partial, f"{name}, from the template {template}")
        partial.rename(folder)
    except OSError as error:
        raise host_error(error, Path(error.filename or folder)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def git(folder: Path, *words: str) -> Finished:
    """What git says there, and not of a repository that our own environment names."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    kept = {key: os.environ[key] for key in _WHO if key in os.environ}
    return run_sync(["git", *words], env={**env, **kept}, folder=folder, timeout=60)


def _write(template: Path, into: Path, changes: Mapping[str, str]) -> None:
    always = patterns(ALWAYS)
    for file in sorted(path for path in template.rglob("*") if path.is_file()):
        path = file.relative_to(template)
        if any(ignored(always, str(it), folder=it != path) for it in (path, *path.parents[:-1])):
            continue  # compiled files, where the template was ever run
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text("utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        target.write_text(text, "utf-8")


def _commit(folder: Path, message: str) -> None:
    who = [] if git(folder, "config", "user.email").code == 0 else _somebody()
    for words in (
        ["init", "--quiet"],
        ["symbolic-ref", "HEAD", f"refs/heads/{BRANCH}"],  # `init -b` came with git 2.28
        ["add", "--all"],
        [*who, "commit", "--quiet", "--no-verify", f"--message={message}"],
    ):
        done = git(folder, *words)
        if done.code:
            fix = "mend git's configuration, then run this again"
            raise HostError(f"git {words[-1]} failed: {done.last}", fix=fix)


def _somebody() -> list[str]:
    """For this commit alone, where git was never told who its user is."""
    person = getpass.getuser()
    return ["-c", f"user.name={person}", "-c", f"user.email={person}@localhost"]
