"""Specs of the targets `switch.<name>`: what a managed switch is told, socket by socket."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Port:
    """`switch.<name>/port/<number>`: which VLANs one socket carries.

    `untagged` is the VLAN of frames without a tag, in and out; 0: there are none, such frames are
    dropped. `tagged` are those whose frames keep their tag. `plugged` says what is in it.
    """

    untagged: int
    tagged: tuple[int, ...] = ()
    plugged: str = ""
