"""One-time links as the command line prints them: to the console, and for another device."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rackhouse.console.links import device_links, one_time_link
from rackhouse.operations.address import console_url

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def sign_in_link(house: OpenRack, *, plain: bool = False) -> str:
    """A new link that signs its first user in to the console, for ten minutes."""
    return one_time_link(house.paths, console_url(house, plain=plain), time.time())


def ways_in(house: OpenRack, application: str) -> tuple[tuple[str, ...], bool]:
    """Where another device reaches the application, and whether each is good only once; nowhere
    unless it is open to the network.
    """
    from rackhouse.console.addresses import own_addresses
    from rackhouse.operations.view.routes import routes
    from rackhouse.resources.machine import Access

    mine = (r for r in routes(house.store) if r.application == application and r.lan_port)
    route = next(mine, None)
    if route is None:
        return (), False
    links = device_links(house.paths, route, own_addresses(), time.time())
    return links, route.access is Access.SIGNED_IN
