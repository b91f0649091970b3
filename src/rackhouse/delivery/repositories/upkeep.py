"""Upkeep: repositories packed and tidied up, in the background, beside whatever is pushed.

Git itself sees to it that nothing goes which a push of these days may still need.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rackhouse.delivery.repositories.manage import LEFT
from rackhouse.delivery.repositories.names import folder_of
from rackhouse.delivery.repositories.settings import environment
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run

_LOOSE = 400  # objects; git itself would guess, and wait for 6,700
_PACKS = 20
_TIMEOUT = 3600.0  # seconds for one repository
_OLD = 3600.0  # seconds after which what is being made or removed is a leftover

_log = logging.getLogger("rackhouse.forge")


async def keep_all(paths: Paths, names: Sequence[str]) -> None:
    """One repository after the other; what goes wrong with one is for the log."""
    sweep(paths, time.time())
    for name in names:
        try:
            await keep(paths, name)
        except RackhouseError as error:
            _log.warning("upkeep of %s: %s", name, error)


async def keep(paths: Paths, name: str) -> None:
    """Pack one repository, if it is worth it. HostError, NotReady."""
    folder = folder_of(paths, name)
    if not _is_worth_it(folder):
        return
    env = environment(GIT_DIR=str(folder))
    done = await run(["nice", "git", "gc", "--quiet"], env=env, timeout=_TIMEOUT)
    if done.code:
        _log.warning("git gc of %s: %s", name, done.last)


def _is_worth_it(folder: Path) -> bool:
    loose = sum(1 for _ in folder.glob("objects/??/*"))
    return loose > _LOOSE or sum(1 for _ in folder.glob("objects/pack/*.pack")) > _PACKS


def sweep(paths: Paths, now: float) -> None:
    """Remove what a killed creation or removal left."""
    for folder in paths.repositories.glob(f".*{LEFT}"):
        if now - folder.lstat().st_mtime > _OLD:
            shutil.rmtree(folder, ignore_errors=True)
