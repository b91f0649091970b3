"""The one-time link to the console, as `up` and `open` print it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rackhouse.console.links import one_time_link
from rackhouse.operations.address import console_url

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def sign_in_link(house: OpenRack, *, plain: bool = False) -> str:
    """A new link that signs its first user in to the console, for ten minutes."""
    return one_time_link(house.paths, console_url(house, plain=plain), time.time())
