"""Bad days on demand: a cable pulled, a machine without power, a slow or lossy line. All undone.

A fault sits on the switch's side of a node's cable, so nothing that the node does can mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rackhouse.desired.network.names import USUAL
from rackhouse.kit.errors import HostError, Refused
from rackhouse.twin import node
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.memory import forget_memory
from rackhouse.twin.namespaces import kill, pids
from rackhouse.twin.plan import Machine
from rackhouse.twin.state import State
from rackhouse.twin.switch import switch
from rackhouse.twin.tools import inside, ip_batch, tool
from rackhouse.twin.untested import has_netem

_TABLE = "degraded"


def sockets(state: State, machine: Machine) -> Sequence[str]:
    """The interfaces on the switch's side of a node's cable."""
    if machine.name == state.layout.router:
        return switch(state.switch).uplinks(state.layout)
    return (USUAL.socket(machine.port),)


def cut(home: Home, state: State, name: str) -> None:
    """Pull the node's cable."""
    _set_links(home, state, name, "down")


def mend(home: Home, state: State, name: str) -> None:
    """Plug it in again, and undo `degrade`."""
    _restore(home, state, name)
    _set_links(home, state, name, "up")


def lose(home: Home, state: State, name: str) -> None:
    """Cut its power: every process ends at once, the cable goes dark, the disk stays."""
    kill([home.namespace(state.layout.machine(name).name)])
    cut(home, state, name)


def start(home: Home, state: State, name: str) -> None:
    """Give it power again, and wait until it answers. Refused while it runs.

    What it held in memory is gone with the power: what it is to have again, its disk says.
    """
    machine = state.layout.machine(name)
    if is_running(home, name):
        raise Refused(f"node {name} runs", fix=f"lose it first: rackhouse twin lose {name}")
    forget_memory(home, state.layout, machine)
    _set_links(home, state, name, "up")
    started = node.start(home, state.rootfs, name, systemd=name in state.systemd)
    node.wait(home, {name: started})


def degrade(
    home: Home, state: State, name: str, *, rate: str = "", delay: str = "", loss: int = 0
) -> None:
    """What the node receives: at most `rate` (as tc has it: 10mbit), later by `delay` (25ms), less
    by `loss` percent; in place of what there was. HostError for a delay without netem.
    """
    if delay and not has_netem():
        raise HostError(
            "this machine's kernel has no netem, so packets cannot be delayed",
            fix="sudo modprobe sch_netem; without it, a slow line (--rate 256kbit) delays them too",
        )
    _restore(home, state, name)
    where = home.namespace(SWITCH)
    for socket in sockets(state, state.layout.machine(name)):
        for shape in _shapes(rate, delay):
            tool(["tc", "-n", where, "qdisc", "add", "dev", socket, *shape])
        if loss:
            table = f"{_TABLE}_{socket}"
            hook = f'type filter hook egress device "{socket}" priority 0; policy accept;'
            rule = f"numgen random mod 100 < {loss} drop" if loss < 100 else "drop"
            text = f"table netdev {table} {{\nchain out {{\n{hook}\n{rule}\n}}\n}}\n"
            tool(inside(where, "nft", "-f", "-"), words=text)


def _shapes(rate: str, delay: str) -> Iterator[Sequence[str]]:
    """The queues of an interface, the outer one first."""
    if delay:
        yield "root", "handle", "1:", "netem", "delay", delay
    if rate:
        place = ("parent", "1:1") if delay else ("root",)
        yield *place, "tbf", "rate", rate, "burst", "32kbit", "latency", "400ms"


def degraded(home: Home) -> frozenset[str]:
    """The interfaces of the switch that are slow or lossy just now."""
    where = home.namespace(SWITCH)
    shaped = tool(["tc", "-n", where, "qdisc", "show"])
    tables = tool(inside(where, "nft", "list", "tables"))
    slow = {row.split("dev ")[1].split()[0] for row in shaped.splitlines() if _is_shaped(row)}
    lossy = {name.removeprefix(f"{_TABLE}_") for name in tables.split() if _TABLE in name}
    return frozenset(slow | lossy)


def is_running(home: Home, name: str) -> bool:
    """Whether the node has power."""
    where = home.namespace(name)
    return node.runs(pids([where])[where])


def _set_links(home: Home, state: State, name: str, how: str) -> None:
    links = sockets(state, state.layout.machine(name))
    ip_batch([f"link set {link} {how}" for link in links], namespace=home.namespace(SWITCH))


def _restore(home: Home, state: State, name: str) -> None:
    where = home.namespace(SWITCH)
    for socket in sockets(state, state.layout.machine(name)):
        if _is_shaped(tool(["tc", "-n", where, "qdisc", "show", "dev", socket])):
            tool(["tc", "-n", where, "qdisc", "del", "dev", socket, "root"])
        table = f"table netdev {_TABLE}_{socket}"
        tool(inside(where, "nft", "-f", "-"), words=f"{table}\ndelete {table}\n")


def _is_shaped(shown: str) -> bool:
    return " tbf " in shown or " netem " in shown
