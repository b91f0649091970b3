"""Installers: uv for Python, npm for Node. Each fills an empty folder from a lock; keeps no state.

The user's own configuration of uv and npm (mirrors, caches, proxies, certificates) holds; the name
of no package index is ever written down.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import assert_never

from rackhouse.resources.machine import Runtime
from rackhouse.targets.machine.installers import node, python
from rackhouse.targets.machine.installers.work import Work

__all__ = ["Work", "install", "programs"]


async def install(runtime: Runtime, work: Work) -> None:
    """Install what the manifest says into the folder `work.draft`."""
    match runtime:
        case Runtime.PYTHON:
            await python.install(work)
        case Runtime.NODE:
            await node.install(work)
        case Runtime.STATIC | Runtime.COMMAND:
            (work.draft / "bin").mkdir(mode=0o700)
        case _:
            assert_never(runtime)


def programs(folder: Path) -> Path | None:
    """The folder of the programs in `folder`; None when their interpreter is gone from here."""
    for place, interpreter in ((folder / "bin", "python"), (node.programs(folder), "node")):
        link = place / interpreter
        if link.is_symlink():
            return place if os.access(link, os.X_OK) else None
    return folder / "bin" if (folder / "bin").is_dir() else None
