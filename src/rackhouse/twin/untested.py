"""What a twin on this machine cannot show, found by trying; said when it comes up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rackhouse.kit.process import run_sync
from rackhouse.rack.model import Rack
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.state import State
from rackhouse.twin.switch.model import Kind

_CONTROLLERS = Path("/sys/fs/cgroup/cgroup.controllers")  # of version 2 alone
_NETEM = ("unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms")


def has_netem() -> bool:
    """Whether this machine's kernel delays packets: by trying, in a namespace of its own."""
    return run_sync(_NETEM, timeout=20).code == 0


def has_memory_limits() -> bool:
    """Whether control groups of nodes can hold memory."""
    try:
        return "memory" in _CONTROLLERS.read_text().split()
    except OSError:
        return False


def untested(home: Home, state: State, rack: Rack) -> Iterator[str]:
    """One line for each thing that this twin does not show."""
    if state.switch is Kind.PLAIN:
        yield "the switch's configuration: one plain bridge per VLAN stands in for it"
    switch = rack.network.switch
    if switch and switch.system and not home.node(SWITCH).exists():
        yield "what is spoken with the switch: here only an Open vSwitch can be spoken with"
    if not has_netem():
        yield "a fixed delay: this kernel has no netem (`degrade` has --rate and --loss)"
    if not has_memory_limits():
        yield "memory limits of services: control groups here hold no memory of nodes"
