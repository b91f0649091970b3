"""The seam: what a view is made from."""

from __future__ import annotations

from typing import Protocol

from rackhouse.kit.paths import Paths
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store


class House(Protocol):
    """What a view is made from; `apply.open.OpenRack` is one."""

    @property
    def rack(self) -> Rack: ...
    @property
    def store(self) -> Store: ...
    @property
    def paths(self) -> Paths: ...
