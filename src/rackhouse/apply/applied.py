"""What the rack file said when an apply last left nothing to do: for people, never for deciding."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.rack.model import Rack
    from rackhouse.store.protocol import Store

_SETTING = "applied-rack"


def remember_applied(store: Store, rack: Rack) -> None:
    """The rack is as this says, from now on; writes only when that is news."""
    if store.setting(_SETTING) != (digest := _digest(rack)):
        store.put_setting(_SETTING, digest)


def is_changed(store: Store, rack: Rack) -> bool:
    """Whether the file says something else than what was applied; false when nothing ever was."""
    return store.setting(_SETTING) not in {None, _digest(rack)}


def _digest(rack: Rack) -> str:
    """Of what it says; how it is laid out and commented does not matter."""
    return hashlib.sha256(repr(rack).encode()).hexdigest()
