"""A rehearsal: the rack's twin in place of its machines, in a state folder that goes with it.

The same files, plan and apply as for the machines; nothing but their addresses differs.
"""

from __future__ import annotations

from datetime import datetime

from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.twin.home import Home
from rackhouse.twin.reach import address
from rackhouse.twin.state import load

_FOLDER = "rehearsal"


def rehearsed(house: OpenRack, now: datetime) -> OpenRack:
    """The rack as if the nodes of its twin were its machines. Close it; Missing: it has no twin."""
    home = Home(house.paths.root)
    state = load(home)
    other = open_rack(house.file, root=home.folder / _FOLDER, now=now)
    known = joined.joined(other.store)
    for machine in state.layout.machines:
        if machine.name not in known:
            words = address(home, state, house.rack, machine.name)
            joined.join(other.store, machine.name, words)
    return other
