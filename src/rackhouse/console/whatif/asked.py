"""The question of a what-if as it stands in an address, and what there is to ask about. Pure.

The words are those of the command line: `without=pi-1&without=gpu:forge&add=pi-5=rpi5-8gb,disk=sd`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from rackhouse.rack.model import Rack

FIELDS = ("name", "board", "disk", "storage", "price")  # of a machine that is added, in the form
_MOST = 64  # words of a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is taken away and what is added, in the words of `rack.whatif.words`."""

    without: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where the answer is."""
        words = [*(("without", each) for each in self.without), *(("add", e) for e in self.added)]
        return f"/what-if?{urlencode(words)}" if words else "/what-if"

    @property
    def command(self) -> str:
        """The same question in a terminal."""
        words = ["rackhouse", "what-if"]
        for option, values in (("--without", self.without), ("--add", self.added)):
            for value in values:
                words += [option, value]
        return shlex.join(words)


def asked(query: QueryParams) -> Asked:
    """The question of an address; each word once."""
    return Asked(without=_words(query, "without"), added=_words(query, "add"))


def new_machine(query: QueryParams) -> str:
    """The machine that the form's fields describe, as `--add` has it; "" when they are empty."""
    name, board, *rest = (query.get(field, "").strip() for field in FIELDS)
    said = (f"{key}={word}" for key, word in zip(FIELDS[2:], rest, strict=True) if word)
    return ",".join([f"{name}={board}", *said]) if name else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A box to tick."""

    word: str  # pi-1, gpu:forge, link:3, switch
    label: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Boxes under one heading; `folded`: of a kind that few ask about."""

    heading: str
    boxes: tuple[Choice, ...]
    folded: bool = False


def choices(rack: Rack) -> tuple[Group, ...]:
    """What can be taken away; groups without anything are left out."""
    cards = (
        Choice(word=f"gpu:{node.name}", label=f"the card of {node.name}", note=node.gpu.model)
        for node in rack.nodes
        if node.gpu
    )
    groups = (
        Group(heading="Machines", boxes=tuple(_machines(rack))),
        Group(heading="Graphics cards", boxes=tuple(cards)),
        Group(heading="Cables and the switch", boxes=tuple(_links(rack)), folded=True),
    )
    return tuple(group for group in groups if group.boxes)


def _machines(rack: Rack) -> Iterator[Choice]:
    for node in rack.nodes:
        note = ", ".join(filter(None, [str(node.role), node.board]))
        yield Choice(word=node.name, label=node.name, note=note)


def _links(rack: Rack) -> Iterator[Choice]:
    switch = rack.network.switch
    if switch is None:
        return
    yield Choice(word="switch", label=switch.name, note="the switch")
    plugged = {node.port: node.name for node in rack.nodes if node.port}
    plugged |= {switch.uplink: "the router"} if switch.uplink not in {0, *plugged} else {}
    for port in sorted(plugged):
        yield Choice(
            word=f"link:{port}", label=f"port {port}", note=f"the cable to {plugged[port]}"
        )


def _words(query: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in query.getlist(name) if word))[:_MOST]
