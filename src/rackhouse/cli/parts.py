"""Which part of the rack a plan or an apply is about: this machine, the hosts, or all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.place import Wanted

PARTS = ("machine", "hosts")


def wanted_of(house: OpenRack, only: str | None) -> Wanted:
    """What is wanted of that part; of the whole rack when None is named."""
    match only:
        case "machine":
            return house.wanted()
        case "hosts":
            return house.wanted_on_hosts()
        case _:
            return house.wanted_everywhere()
