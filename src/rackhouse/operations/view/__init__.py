"""The read model: what `status`, the live board and the console show of a rack.

Made from what is written down (the store, the supervisor's state files, the rack file), so that it
takes milliseconds: nothing is planned, nothing is asked over the network, nothing is changed.
"""

from rackhouse.operations.view.changes import last_apply
from rackhouse.operations.view.house import House
from rackhouse.operations.view.model import (
    BROKEN,
    SETTLED,
    ApplyView,
    AppView,
    NeedView,
    NodeView,
    PartView,
    ProcessView,
    RackView,
    ReleaseView,
    RouteView,
    SwitchView,
    UnitView,
    VariableView,
    VlanView,
    to_json,
)
from rackhouse.operations.view.rack import view

__all__ = [
    "BROKEN",
    "SETTLED",
    "AppView",
    "ApplyView",
    "House",
    "NeedView",
    "NodeView",
    "PartView",
    "ProcessView",
    "RackView",
    "ReleaseView",
    "RouteView",
    "SwitchView",
    "UnitView",
    "VariableView",
    "VlanView",
    "last_apply",
    "to_json",
    "view",
]
