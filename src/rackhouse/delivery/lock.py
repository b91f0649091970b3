"""The lock that a change of releases holds from its first look to its last word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.store.lock import hold

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


@contextmanager
def delivering(house: OpenRack, what: str, now: datetime) -> Iterator[OpenRack]:
    """Hold it for the block, which is given the rack as it is now: while this one waited or asked,
    another delivery may have changed what is live, and a plan without that would take it back.

    Apart from the lock of an apply, of which a delivery makes several. Locked when another delivery
    is under way.
    """
    from rackhouse.apply.open import live_apps

    with hold(house.paths.root / "delivery.lock", what, now.timestamp()):
        yield replace(house, apps=live_apps(house.store, now))
