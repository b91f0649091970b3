"""A visit: one request of git's that was let in, from the door to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.delivery.access import Caller
from rackhouse.store.forge import RepositoryRow

UPLOAD, RECEIVE = "git-upload-pack", "git-receive-pack"  # git's names: clients fetch, clients push


@dataclass(kw_only=True)
class Visit:
    """What is wanted of which repository, and by whom.

    `granted`: bytes that a push may bring, and that are not in the repository yet. `silent` is set
    when nothing more comes from the client: all `arrived`, or it is `gone`.
    """

    caller: Caller
    repository: RepositoryRow
    folder: Path
    service: str
    arrived: bool = False
    granted: int = 0
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    settled: Callable[[], None] = lambda: None
    """Called once git's work is done and only waiting is left."""
