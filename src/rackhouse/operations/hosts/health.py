"""How machines and the lines between them are, as measured just now. Values; measures nothing.

What K3s wants to know of a machine, and what stays the same, is `desired.k3s.facts.HostFacts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.desired.k3s.facts import HostFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a name server said about a name. `error` is why there are no addresses; `ms` how long it
    took, None where none answered.
    """

    name: str
    server: str = ""
    addresses: tuple[str, ...] = ()
    error: str = ""
    ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One machine. None is: not measured.

    `temperature` is in degrees Celsius, `throttled` the flags of a Raspberry Pi's firmware. By
    disk: `worn` is how many of 100 of its life are used, `reserves` its pre_eol_info, `written` the
    bytes since it started `uptime` seconds ago. `read_only` is the system's file system, `free` how
    much of 1 is left where K3s keeps its data. `certificates` has the days that each of K3s' has
    left, `mtus` the longest packet of each interface, `duplicates` each own address that another
    MAC address answers for, `heard` the addresses that were looked for and answered.
    """

    temperature: float | None = None
    throttled: int | None = None
    worn: Mapping[str, int] | None = None
    reserves: Mapping[str, int] | None = None
    read_only: bool | None = None
    free: float | None = None
    written: Mapping[str, int] | None = None
    uptime: float | None = None
    synchronised: bool | None = None
    certificates: Mapping[str, float] | None = None
    mtus: Mapping[str, int] | None = None
    duplicates: Mapping[str, list[str]] | None = None
    names: tuple[Answer, ...] | None = None
    heard: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A machine that was reached. `within` is the error of the clock's offset, in seconds."""

    facts: HostFacts
    health: Health
    within: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From one node to another: milliseconds to and fro (usual, and 99 of 100), bits a second each
    way, and the largest packet that arrives whole. `error` is why it was not measured.
    """

    source: str
    target: str
    ms: float | None = None
    ms99: float | None = None
    out: float | None = None
    back: float | None = None
    mtu: int | None = None
    error: str = ""
