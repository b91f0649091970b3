"""What a cell of the chart says, and what a person at a machine would notice of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rackhouse.console.network.chart import Pair
from rackhouse.console.network.measured import Measured, Tried
from rackhouse.desired.network.policy import Port
from rackhouse.kit.text import plural
from rackhouse.rack.kinds import PORTS
from rackhouse.twin.matrix import Cell

_NAMES = {said: name for name, said in PORTS.items()}
_FEEL = {
    "open": "connected",
    "refused": "refused at once",
    "dropped": "no answer",
    "unreachable": "no way there",
}


def spelled(port: Port) -> str:
    """As the rack file writes it: `ssh`, `6443`, `8472/udp`."""
    return _NAMES.get(str(port)) or str(port).removesuffix("/tcp")


def listed(ports: Iterable[Port]) -> str:
    """`ssh, https, 6443`."""
    return ", ".join(spelled(port) for port in ports)


def opened(pair: Pair) -> str:
    """What the rack file opens: `everything`, `ssh, https`, `nothing`."""
    return "everything" if pair.every else listed(pair.ports) or "nothing"


def feels(found: str) -> str:
    """What a program notices that tries."""
    return _FEEL.get(found, found)


def found(tried: Tried) -> str:
    """What packets found of a pair, in a few words."""
    if not tried.cells:
        return "not tried"
    if not tried.wrong:
        return "as the file says"
    return f"{plural(len(tried.wrong), 'port')} otherwise"


def said(pair: Pair, measured: Measured | None) -> str:
    """All of a cell in one sentence: who, to whom, which ports, and what was found."""
    text = f"{pair.source.name} to {pair.target.name}: {opened(pair)} open"
    if measured is None:
        return text
    tried = measured.of(pair)
    otherwise = "; ".join(sorted({differs(cell) for cell in tried.wrong}))
    return f"{text}; packets: {otherwise or found(tried)}"


def differs(cell: Cell) -> str:
    """`6443 is closed and should be open (no answer)`, of a cell that differs."""
    if cell.found == "open":
        return f"{spelled(cell.port)} is open and should be closed"
    return f"{spelled(cell.port)} is closed and should be open ({feels(cell.found)})"
