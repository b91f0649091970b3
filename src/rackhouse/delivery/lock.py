"""The lock that a change of releases holds from its first look to its last word."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from rackhouse.kit.paths import Paths
from rackhouse.store.lock import hold


def delivering(paths: Paths, what: str, now: datetime) -> AbstractContextManager[None]:
    """Hold it for the block. Apart from the lock of an apply, of which a delivery makes several.

    Locked when another delivery is under way.
    """
    return hold(paths.root / "delivery.lock", what, now.timestamp())
