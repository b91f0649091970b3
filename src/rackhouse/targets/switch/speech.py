"""What the target says to a switch and hears from it, in the words of one system. Pure.

A change is a way from one state of some sockets to another, so what goes back is the same way the
other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rackhouse.resources.switch import Port


@dataclass(frozen=True, slots=True)
class Belongs:
    """Which VLANs a socket carries, as it is there. `mode` is what the system says besides, so that
    it can go back to exactly that. `trouble`: why it carries none of it now.
    """

    untagged: int = 0
    tagged: tuple[int, ...] = ()
    mode: str = ""
    trouble: str = field(default="", compare=False)


Sockets = Mapping[int, Belongs | None]  # by number; None: it is not part of the switch


class Speech(Protocol):
    """One system's words. Commands are texts for the switch's own shell."""

    @property
    def look(self) -> str:
        """The command that prints the state of everything."""
        ...

    def read(self, said: str) -> Sockets:
        """What it printed, by number. Those that are not there are not part of the switch."""
        ...

    def wanted(self, port: Port) -> Belongs:
        """How a socket is that is as `port` says."""
        ...

    def move(self, now: Sockets, then: Sockets) -> str:
        """The command that leads from one state of these sockets to the other, whole or not."""
        ...
