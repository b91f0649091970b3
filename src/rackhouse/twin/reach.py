"""How others reach a node of the twin: as they reach one of the rack, by another address.

The connection is opened where people work, at the desk, so the router's rules and cut links count.
What the desk may not open is reached from the node itself: a keyboard plugged into it.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from rackhouse.desired.network.matrix import expected
from rackhouse.desired.network.policy import SSH
from rackhouse.rack.model import Rack
from rackhouse.twin import connect, disk
from rackhouse.twin.holder import enter
from rackhouse.twin.home import Home
from rackhouse.twin.plan import complete
from rackhouse.twin.state import State
from rackhouse.twin.tools import inside


def address(home: Home, state: State, rack: Rack, name: str) -> Mapping[str, str]:
    """The address of the target `host.<name>`, with the keys of `transport.ssh.Address`.

    `proxy` is one shell-quoted command whose input and output are the connection.
    """
    machine = state.layout.machine(name)
    desk = state.layout.desk
    allowed = desk is not None and _may(rack, desk.name, name)
    here = desk.name if desk is not None and allowed else name
    program = (sys.executable, "-IS", str(Path(connect.__file__)), machine.address, "22")
    return {
        "host": machine.address,
        "port": "22",
        "user": disk.USER,
        "key": str(home.key),
        "host_key": disk.host_key(home.node(name)),
        "proxy": shlex.join([*(enter(home.root) or ()), *inside(home.namespace(here), *program)]),
        "sudo": "yes",
    }


def _may(rack: Rack, source: str, target: str) -> bool:
    return expected(complete(rack), [SSH]).get((source, target, SSH), False)
