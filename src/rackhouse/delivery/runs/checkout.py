"""A clean clone of a repository at one commit: what a run works in. Runs nothing of the pusher's.

The clone shares no file with the repository (no alternates, no hard links), so that nothing that a
job does can reach it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.kit.errors import StepFailed
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run

_TIMEOUT = 600.0  # seconds


async def check_out(repository: Path, into: Path, *, sha: str, ref: str, origin: str) -> None:
    """Make `into` a clone of the bare `repository` (an absolute path) at `sha`, on the branch of
    `ref`, without its history; `origin` is the address of its remote.

    StepFailed, in git's own words, when the commit is not there any more.
    """
    shutil.rmtree(into, ignore_errors=True)
    make_folder(into.parent)
    depth = ["--depth=1", "--no-tags"]
    await _git(["init", "--quiet", "--template=", str(into)], into.parent)
    await _git(["fetch", "--quiet", *depth, "--", str(repository), sha], into)
    kind, _, branch = ref.removeprefix("refs/").partition("/")
    on = ["-B", branch] if kind == "heads" else ["--detach"]
    await _git(["checkout", "--quiet", *on, "FETCH_HEAD", "--"], into)
    await _git(["remote", "add", "origin", origin], into)


async def deepen(repository: Path, clone: Path) -> None:
    """Give the clone all of its commit's history, and every tag."""
    words = ["fetch", "--quiet", "--unshallow", "--tags", "--", str(repository)]
    await _git(words, clone)


def git_environment() -> Mapping[str, str]:
    """Git as it is anywhere: without this account's own settings, and asking nobody anything."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **own, "LC_ALL": "C"}


async def _git(words: Sequence[str], folder: Path) -> None:
    quiet = ["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"]
    safe = ["-c", "safe.directory=*"]
    done = await run(
        ["git", *quiet, *safe, *words], folder=folder, env=git_environment(), timeout=_TIMEOUT
    )
    if done.code:
        raise StepFailed(
            f"the commit could not be checked out: {done.last}",
            fix="push it again; is the branch still there?",
        )
